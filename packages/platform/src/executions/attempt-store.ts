import type { Sql } from "@sealrun/postgres";
import {
  type AttemptRef,
  executionId,
  type ExecutionId,
  type ExecutorId,
  type Failure,
  limits,
  packageId,
  projectId,
  SealrunError,
  versionId,
} from "@sealrun/protocol";
import { z } from "zod";

/** An attempt, and the executor that claims to have it. */
export interface ClaimedAttempt extends AttemptRef {
  readonly executorId: ExecutorId;
}

const liveRow = z
  .object({ project_id: projectId, package_id: packageId, version_id: versionId })
  .transform(({ project_id, package_id, version_id }) => ({
    projectId: project_id,
    packageId: package_id,
    versionId: version_id,
  }));
/** The project, package and version that a live attempt runs. */
export type LiveAttempt = z.infer<typeof liveRow>;

const attemptRow = z
  .object({ attempt: z.number(), is_live: z.boolean() })
  .transform(({ attempt, is_live }) => ({ attempt, isLive: is_live }));

/** How an attempt ended: reported by its executor, lease expired, never got a grant, or its machine was unfit. */
export type AttemptEnd = "finished" | "lost" | "given-back" | "released";

// An expired lease by itself ends nothing; only the sweeper ends an attempt, because the database's clock may have jumped.
const isRunning = "e.id = $1 and e.attempt = $2 and e.status = 'running' and a.executor_id = $3";
const attemptOf = "a.execution_id = e.id and a.attempt = e.attempt";
const claimValues = (claimed: ClaimedAttempt): readonly unknown[] => [
  claimed.executionId,
  claimed.attempt,
  claimed.executorId,
];

/** What the attempt runs, until it has ended; then `LEASE_LOST`. */
export async function findLiveAttempt(sql: Sql, claimed: ClaimedAttempt): Promise<LiveAttempt> {
  const live = await sql.row(
    liveRow,
    `select e.project_id, e.package_id, e.version_id from executions e join attempts a on ${attemptOf} where ${isRunning}`,
    claimValues(claimed),
  );
  if (live !== undefined) return live;
  throw new SealrunError("LEASE_LOST", "");
}

/** As `findLiveAttempt`; the attempt cannot end before the transaction does. */
export async function lockLiveAttempt(sql: Sql, claimed: ClaimedAttempt): Promise<LiveAttempt> {
  const live = await sql.row(
    liveRow,
    `select e.project_id, e.package_id, e.version_id from executions e join attempts a on ${attemptOf}
     where ${isRunning} for share of e`,
    claimValues(claimed),
  );
  if (live !== undefined) return live;
  throw new SealrunError("LEASE_LOST", "");
}

/** Adds an attempt with a fresh lease on the database's clock. */
export async function insertAttempt(sql: Sql, claimed: ClaimedAttempt, requestId: string): Promise<void> {
  await sql.run(
    `insert into attempts (execution_id, attempt, executor_id, request_id, lease_until)
     values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`,
    [...claimValues(claimed), requestId, limits.leaseMs],
  );
}

/** Restarts an attempt and its lease, ended or not; the caller holds the execution. */
export async function restartLease(sql: Sql, claimed: ClaimedAttempt): Promise<void> {
  await sql.run(
    `update attempts set lease_until = clock_timestamp() + $4 * interval '1 millisecond', ended_at = null, ended_as = null
     where execution_id = $1 and attempt = $2 and executor_id = $3`,
    [...claimValues(claimed), limits.leaseMs],
  );
}

/**
 * Renews a lease, even an expired one, and says whether a cancel was requested; undefined when the attempt has ended.
 * The attempt cannot end meanwhile.
 */
export async function renewLease(sql: Sql, claimed: ClaimedAttempt): Promise<{ readonly cancel: boolean } | undefined> {
  return sql.row(
    z.object({ cancel: z.boolean() }),
    `with held as (
       select e.id, e.attempt, e.cancel_requested_at is not null as cancel
       from executions e join attempts a on ${attemptOf} where ${isRunning} for share of e)
     update attempts a set lease_until = clock_timestamp() + $4 * interval '1 millisecond'
     from held where a.execution_id = held.id and a.attempt = held.attempt returning held.cancel`,
    [...claimValues(claimed), limits.leaseMs],
  );
}

/**
 * Stores that the keyring granted a live attempt: from then on its scripts may have started. `LEASE_LOST` when it is no
 * longer live; then the grant must not be handed out. It waits for the lock on the execution: two answers to the same
 * claim may run at once, and one that gives the attempt back must see this grant, or be seen here.
 */
export async function markGranted(sql: Sql, claimed: ClaimedAttempt): Promise<void> {
  const touched = await sql.run(
    `with held as (
       select e.id, e.attempt from executions e join attempts a on ${attemptOf} where ${isRunning} for share of e)
     update attempts a set granted_at = coalesce(a.granted_at, clock_timestamp())
     from held where a.execution_id = held.id and a.attempt = held.attempt
       and a.ended_at is null and a.lease_until > clock_timestamp()`,
    claimValues(claimed),
  );
  if (touched !== 1) throw new SealrunError("LEASE_LOST", "");
}

/** True when an attempt got its grant. */
export async function isGranted(sql: Sql, { executionId, attempt }: AttemptRef): Promise<boolean> {
  const row = await sql.row(
    z.object({ is_granted: z.boolean() }),
    "select granted_at is not null as is_granted from attempts where execution_id = $1 and attempt = $2",
    [executionId, attempt],
  );
  return row?.is_granted === true;
}

/** Stores how an attempt ended; the caller holds the execution. Attempt 0 does not exist. */
export async function endAttempt(sql: Sql, { executionId, attempt }: AttemptRef, as: AttemptEnd): Promise<void> {
  await sql.run(
    `update attempts set ended_at = clock_timestamp(), ended_as = $3
     where execution_id = $1 and attempt = $2 and ended_at is null`,
    [executionId, attempt, as],
  );
}

/** Stores why an attempt was released; the caller holds the execution. */
export async function noteReason(sql: Sql, { executionId, attempt }: AttemptRef, reason: Failure): Promise<void> {
  await sql.run("update attempts set reason = $3 where execution_id = $1 and attempt = $2", [
    executionId,
    attempt,
    JSON.stringify(reason),
  ]);
}

/** True when the attempt belonged to this executor and was released. */
export async function isReleased(sql: Sql, claimed: ClaimedAttempt): Promise<boolean> {
  const text =
    "select from attempts where execution_id = $1 and attempt = $2 and executor_id = $3 and ended_as = 'released'";
  return (await sql.run(text, claimValues(claimed))) === 1;
}

/** How many attempts of an execution were released. */
export async function countReleases(sql: Sql, id: ExecutionId): Promise<number> {
  const row = await sql.row(
    z.object({ count: z.number() }),
    "select count(*)::int as count from attempts where execution_id = $1 and ended_as = 'released'",
    [id],
  );
  return row?.count ?? 0;
}

const attemptRefRow = z
  .object({ execution_id: executionId, attempt: z.number() })
  .transform(({ execution_id, attempt }) => ({ executionId: execution_id, attempt }));

/**
 * Ended attempts whose end the keyring has not confirmed. An attempt that was given back is listed only after its
 * execution has a newer attempt or has ended: until then the same claim can get it again.
 */
export async function listGrantsToEnd(sql: Sql, limit: number): Promise<readonly z.infer<typeof attemptRefRow>[]> {
  return sql.rows(
    attemptRefRow,
    `select a.execution_id, a.attempt from attempts a join executions e on e.id = a.execution_id
     where a.ended_at is not null and a.grant_ended_at is null
       and (a.ended_as <> 'given-back' or e.attempt > a.attempt or e.finished_at is not null)
     order by a.ended_at limit $1`,
    [limit],
  );
}

/** Stores that the keyring has ended a grant. */
export async function markGrantEnded(sql: Sql, { executionId, attempt }: AttemptRef): Promise<void> {
  await sql.run("update attempts set grant_ended_at = clock_timestamp() where execution_id = $1 and attempt = $2", [
    executionId,
    attempt,
  ]);
}

/** The attempt that this claim got before, or undefined. */
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

/** True when the attempt belongs or belonged to this executor. */
export async function isAttemptOf(sql: Sql, claimed: ClaimedAttempt): Promise<boolean> {
  const found = await sql.row(
    z.object({ attempt: z.number() }),
    "select attempt from attempts where execution_id = $1 and attempt = $2 and executor_id = $3",
    claimValues(claimed),
  );
  return found !== undefined;
}
