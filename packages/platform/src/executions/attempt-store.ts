import type { Sql } from "@sealrun/postgres";
import {
  type ExecutionId,
  type ExecutorId,
  limits,
  packageId,
  projectId,
  SealrunError,
  versionId,
} from "@sealrun/protocol";
import { z } from "zod";

/** Names one attempt and who says that it is theirs. */
export interface Holder {
  readonly executionId: ExecutionId;
  readonly attempt: number;
  readonly executorId: ExecutorId;
}

const heldRow = z
  .object({ project_id: projectId, package_id: packageId, version_id: versionId })
  .transform(({ project_id, package_id, version_id }) => ({
    projectId: project_id,
    packageId: package_id,
    versionId: version_id,
  }));
/** Whose package an attempt runs. */
export type HeldAttempt = z.infer<typeof heldRow>;

const attemptRow = z
  .object({ attempt: z.number(), is_live: z.boolean() })
  .transform(({ attempt, is_live }) => ({ attempt, isLive: is_live }));

const isHeld = `e.id = $1 and e.attempt = $2 and e.status = 'running' and a.executor_id = $3
  and a.lease_until > clock_timestamp()`;
const attemptOf = "a.execution_id = e.id and a.attempt = e.attempt";
const holderValues = (holder: Holder): readonly unknown[] => [holder.executionId, holder.attempt, holder.executorId];

/** What the attempt runs, while its executor holds the lease; `LEASE_LOST` otherwise. */
export async function findHeld(sql: Sql, holder: Holder): Promise<HeldAttempt> {
  const held = await sql.row(
    heldRow,
    `select e.project_id, e.package_id, e.version_id from executions e join attempts a on ${attemptOf} where ${isHeld}`,
    holderValues(holder),
  );
  if (held !== undefined) return held;
  throw new SealrunError("LEASE_LOST", "");
}

/** As `findHeld`, and nobody can end the attempt before the transaction does. */
export async function lockHeld(sql: Sql, holder: Holder): Promise<HeldAttempt> {
  const held = await sql.row(
    heldRow,
    `select e.project_id, e.package_id, e.version_id from executions e join attempts a on ${attemptOf}
     where ${isHeld} for share of e`,
    holderValues(holder),
  );
  if (held !== undefined) return held;
  throw new SealrunError("LEASE_LOST", "");
}

/** Adds an attempt with a fresh lease on the database's clock. */
export async function insertAttempt(sql: Sql, holder: Holder, requestId: string): Promise<void> {
  await sql.run(
    `insert into attempts (execution_id, attempt, executor_id, request_id, lease_until)
     values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`,
    [...holderValues(holder), requestId, limits.leaseMs],
  );
}

/** Starts an attempt's lease anew, whether it had ended or not; the caller holds the execution. */
export async function restartLease(sql: Sql, holder: Holder): Promise<void> {
  await sql.run(
    `update attempts set lease_until = clock_timestamp() + $4 * interval '1 millisecond'
     where execution_id = $1 and attempt = $2 and executor_id = $3`,
    [...holderValues(holder), limits.leaseMs],
  );
}

/** Renews a lease that is held; false when it is not. */
export async function renewLease(sql: Sql, holder: Holder): Promise<boolean> {
  const touched = await sql.run(
    `update attempts a set lease_until = clock_timestamp() + $4 * interval '1 millisecond'
     from executions e where ${attemptOf} and ${isHeld}`,
    [...holderValues(holder), limits.leaseMs],
  );
  return touched === 1;
}

/** The attempt that this claim was given before, if it was. */
export async function findClaimed(
  sql: Sql,
  claim: { readonly executionId: ExecutionId; readonly executorId: ExecutorId; readonly requestId: string },
): Promise<z.infer<typeof attemptRow> | undefined> {
  return sql.row(
    attemptRow,
    `select attempt, lease_until > clock_timestamp() as is_live from attempts
     where execution_id = $1 and executor_id = $2 and request_id = $3`,
    [claim.executionId, claim.executorId, claim.requestId],
  );
}

/** True when that attempt is or was this executor's. */
export async function isAttemptOf(sql: Sql, holder: Holder): Promise<boolean> {
  const found = await sql.row(
    z.object({ attempt: z.number() }),
    "select attempt from attempts where execution_id = $1 and attempt = $2 and executor_id = $3",
    holderValues(holder),
  );
  return found !== undefined;
}
