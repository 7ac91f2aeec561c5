import type { Sql } from "@sealrun/postgres";
import {
  type AttemptRef,
  executionId,
  type ExecutionId,
  type ExecutorId,
  failure,
  type Failure,
  limits,
  packageId,
  projectId,
  SealrunError,
  versionId,
} from "@sealrun/protocol";
import { z } from "zod";
import { seeExecutor } from "../executors/store.ts";
import { attemptsBell } from "../postgres/channels.ts";

/** An attempt, and the executor that claims to have it. */
export interface ClaimedAttempt extends AttemptRef {
  readonly executorId: ExecutorId;
}

const liveRow = z
  .object({ project_id: projectId, package_id: packageId, version_id: versionId, trace: z.string().nullable() })
  .transform(({ project_id, package_id, version_id, trace }) => ({
    projectId: project_id,
    packageId: package_id,
    versionId: version_id,
    trace,
  }));
/** The project, package and version that a live attempt runs, and the span that started its execution. */
export type LiveAttempt = z.infer<typeof liveRow>;

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
    `select e.project_id, e.package_id, e.version_id, e.trace from executions e join attempts a on ${attemptOf} where ${isRunning}`,
    claimValues(claimed),
  );
  if (live !== undefined) return live;
  throw new SealrunError("LEASE_LOST", "");
}

/** As `findLiveAttempt`; the attempt cannot end before the transaction does. */
export async function lockLiveAttempt(sql: Sql, claimed: ClaimedAttempt): Promise<LiveAttempt> {
  const live = await sql.row(
    liveRow,
    `select e.project_id, e.package_id, e.version_id, e.trace from executions e join attempts a on ${attemptOf}
     where ${isRunning} for share of e`,
    claimValues(claimed),
  );
  if (live !== undefined) return live;
  throw new SealrunError("LEASE_LOST", "");
}

/**
 * The attempts $2 and $3 of the executor $1 that have not ended, as SQL; none of them can end meanwhile. Executions and
 * attempts are locked in the order of their ids: two statements that only share the executions would wait for each
 * other's attempts without end. With `skipLocked`, those that another transaction has locked are left out.
 */
const held = ({ skipLocked = false }: { readonly skipLocked?: boolean } = {}): string => `
  select e.id, e.attempt, e.cancel_requested_at is not null as cancel
  from unnest($2::text[], $3::int[]) as asked (execution_id, attempt)
    join executions e on e.id = asked.execution_id and e.attempt = asked.attempt and e.status = 'running'
    join attempts a on ${attemptOf} and a.executor_id = $1
  order by e.id for share of e ${skipLocked ? "skip locked" : ""} for no key update of a ${skipLocked ? "skip locked" : ""}`;
const heldValues = (executor: ExecutorId, asked: readonly AttemptRef[]): readonly unknown[] => [
  executor,
  asked.map((one) => one.executionId),
  asked.map(({ attempt }) => attempt),
];

const renewedRow = z.object({ execution_id: executionId, cancel: z.boolean() });

/**
 * Renews leases of one executor, even expired ones, and stores that it was seen. Returns the attempts that have not
 * ended, by execution, and whether a cancel of each was requested; of several, without those that are locked, because
 * the others must not wait for them.
 */
export async function renewLeases(
  sql: Sql,
  executor: ExecutorId,
  asked: readonly AttemptRef[],
): Promise<ReadonlyMap<ExecutionId, { readonly cancel: boolean }>> {
  const renewed = await sql.rows(
    renewedRow,
    // The count reads all of "held": whatever locks executions and their executor locks the executor last.
    `with held as (${held({ skipLocked: asked.length > 1 })}), seen as (${seeExecutor} and (select count(*) from held) > 0)
     update attempts a set lease_until = clock_timestamp() + $4 * interval '1 millisecond'
     from held where a.execution_id = held.id and a.attempt = held.attempt returning a.execution_id, held.cancel`,
    [...heldValues(executor, asked), limits.leaseMs],
  );
  return new Map(renewed.map(({ execution_id, cancel }) => [execution_id, { cancel }]));
}

/**
 * Stores that the keyring granted attempts of one executor: from then on their scripts may have started. Returns those
 * that are still live; no other grant may be handed out. It waits for the locks on the executions: two answers to the
 * same claim may run at once, and one that gives the attempt back must see this grant, or be seen here.
 */
export async function markGranted(
  sql: Sql,
  executor: ExecutorId,
  granted: readonly AttemptRef[],
): Promise<ReadonlySet<ExecutionId>> {
  const marked = await sql.rows(
    z.object({ execution_id: executionId }),
    `with held as (${held()})
     update attempts a set granted_at = coalesce(a.granted_at, clock_timestamp())
     from held where a.execution_id = held.id and a.attempt = held.attempt
       and a.ended_at is null and a.lease_until > clock_timestamp()
     returning a.execution_id`,
    heldValues(executor, granted),
  );
  return new Set(marked.map(({ execution_id }) => execution_id));
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

/**
 * Stores how an attempt ended, after which the keyring is told; the caller holds the execution. Attempt 0 does not exist.
 */
export async function endAttempt(sql: Sql, { executionId, attempt }: AttemptRef, as: AttemptEnd): Promise<void> {
  await sql.run(
    `update attempts set ended_at = clock_timestamp(), ended_as = $3
     where execution_id = $1 and attempt = $2 and ended_at is null`,
    [executionId, attempt, as],
  );
  sql.ring(attemptsBell);
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

/** How many attempts of an execution were released, and why the last of them. */
export async function readReleases(
  sql: Sql,
  id: ExecutionId,
): Promise<{ readonly count: number; readonly lastReason: Failure | null }> {
  const row = await sql.row(
    z.object({ count: z.number(), reason: failure.nullable() }),
    `select count(*)::int as count, (array_agg(reason order by attempt desc))[1] as reason
     from attempts where execution_id = $1 and ended_as = 'released'`,
    [id],
  );
  return { count: row?.count ?? 0, lastReason: row?.reason ?? null };
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

/** Stores that the keyring has ended grants; returns of how many. It leaves attempts that are locked. */
export async function markGrantsEnded(sql: Sql, ended: readonly AttemptRef[]): Promise<number> {
  return sql.run(
    `with ended as (
       select a.execution_id, a.attempt from attempts a
         join unnest($1::text[], $2::int[]) as given (execution_id, attempt) using (execution_id, attempt)
       order by a.execution_id, a.attempt for no key update of a skip locked)
     update attempts a set grant_ended_at = clock_timestamp() from ended
     where a.execution_id = ended.execution_id and a.attempt = ended.attempt`,
    [ended.map((one) => one.executionId), ended.map(({ attempt }) => attempt)],
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
