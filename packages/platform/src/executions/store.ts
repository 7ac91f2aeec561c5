import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type ExecutionId,
  executorId,
  executionStatus,
  type ExecutionStatus,
  type Failure,
  packageId,
  projectId,
  SealrunError,
} from "@sealrun/protocol";
import { z } from "zod";
import { isHeld } from "../hold/store.ts";
import { feedChannel } from "../postgres/channels.ts";
import { openedValues } from "./granted.ts";

const lockedRow = z
  .object({
    id: executionId,
    status: executionStatus,
    attempt: z.number(),
    generation: z.number(),
    project_id: projectId,
    package_id: packageId,
    version_id: z.string(),
    granted: openedValues,
    is_expired: z.boolean(),
    last_sequence: z.number().nullable(),
    executor_id: executorId.nullable(),
    on_lost: z.enum(["fail", "rerun"]),
    is_cancel_requested: z.boolean(),
    reports: z.enum(["awaited", "complete", "gaps"]).nullable(),
    is_held: z.boolean(),
    waited_ms: z.number(),
    trace: z.string().nullable(),
  })
  .transform(
    ({
      project_id,
      package_id,
      version_id,
      is_expired,
      last_sequence,
      executor_id,
      on_lost,
      is_cancel_requested,
      is_held,
      waited_ms,
      ...row
    }) => ({
      ...row,
      projectId: project_id,
      packageId: package_id,
      versionId: version_id,
      isExpired: is_expired,
      lastSequence: last_sequence,
      executorId: executor_id,
      onLost: on_lost,
      isCancelRequested: is_cancel_requested,
      /** The platform is held: nothing queued may be claimed. */
      isHeld: is_held,
      /** Since it was accepted, or since the time that it was to wait for. */
      waitedMs: waited_ms,
    }),
  );
/** An execution as its transitions need it; an event that was requested again counts as expired. */
export type LockedExecution = z.infer<typeof lockedRow>;

/**
 * Stores queued executions and returns them, as SQL; they are numbered in the order of `place`. `source` has their
 * columns. The rest of a start is written by the same statement: `start/started-store.ts`.
 */
export const insertExecutionsFrom = (source: string): string => `
  insert into executions (id, project_id, package_id, version_id, pool_name, status, cursor, visible, sealed,
                          sealed_names, priority, not_before, trigger, on_lost, trace)
  select id, project_id, package_id, version_id, pool_name, 'queued', 1, visible, sealed,
         sealed_names, priority, not_before, trigger, on_lost, trace
  from ${source} order by place
  returning id, number, project_id, package_id, pool_name, priority, not_before`;

/** The error for an id that no execution has. */
export function executionNotFound(id: ExecutionId): SealrunError {
  return new SealrunError(
    "EXECUTION_NOT_FOUND",
    `There is no execution ${id}; list the executions to find the right id`,
  );
}

const selectLocked = `select id, status, attempt, generation, project_id, package_id, version_id, granted, last_sequence,
            executor_id, on_lost, cancel_requested_at is not null as is_cancel_requested, reports,
            coalesce(event_expires_at < clock_timestamp(), true) as is_expired, ${isHeld} as is_held,
            (extract(epoch from clock_timestamp() - greatest(created_at, not_before)) * 1000)::float8 as waited_ms,
            trace
     from executions`;

/** Locks an execution until the transaction ends; `EXECUTION_NOT_FOUND` when there is no execution of that id. */
export async function lockExecution(sql: Sql, id: ExecutionId): Promise<LockedExecution> {
  const found = await sql.row(lockedRow, `${selectLocked} where id = $1 for update`, [id]);
  if (found !== undefined) return found;
  throw new SealrunError("EXECUTION_NOT_FOUND", "");
}

const unreadableRow = z.object({ id: executionId }).transform(({ id }) => ({ id, status: "unreadable" as const }));

/**
 * Locks executions until the transaction ends, in the order of their ids: whatever locks several does so in this order.
 * An id without an execution is missing in the answer. A row that cannot be read is `unreadable` and blocks no other.
 */
export async function lockExecutions(
  sql: Sql,
  ids: readonly ExecutionId[],
): Promise<ReadonlyMap<ExecutionId, LockedExecution | z.infer<typeof unreadableRow>>> {
  const found = await sql.rows(
    lockedRow.or(unreadableRow),
    `${selectLocked} where id = any ($1::text[]) order by id for update`,
    [ids],
  );
  return new Map(found.map((execution) => [execution.id, execution]));
}

/** Sets a claimed execution back to `queued`: its event may be claimed again. */
export async function markQueued(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run("update executions set status = 'queued', executor_id = null, started_at = null where id = $1", [id]);
}

/** Sets an execution to a final status; with a last sequence, its reports up to that one are awaited. */
export async function markFinished(
  sql: Sql,
  id: ExecutionId,
  end: {
    readonly status: ExecutionStatus;
    readonly error: Failure | undefined;
    readonly lastSequence: number | undefined;
  },
): Promise<void> {
  await sql.run(
    `update executions set status = $2, error = $3, last_sequence = $4::int, finished_at = clock_timestamp(),
            reports = case when $4::int is not null then 'awaited' end where id = $1`,
    [id, end.status, end.error === undefined ? null : JSON.stringify(end.error), end.lastSequence ?? null],
  );
}

/** Sets an execution whose attempt ended back to `queued`: its steps run again, under a new event. */
export async function markRequeued(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run(
    `update executions set status = 'queued', executor_id = null, started_at = null, event_expires_at = null,
            published_at = null where id = $1`,
    [id],
  );
}

/** Stores that a cancel was requested, and tells open pages. */
export async function requestCancel(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run(
    `with asked as (
       update executions set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()) where id = $1
       returning id)
     select pg_notify($2, id) from asked`,
    [id, feedChannel],
  );
}

const lostRow = z
  .object({
    id: executionId,
    attempt: z.number(),
    on_lost: z.enum(["fail", "rerun"]),
    is_cancel_requested: z.boolean(),
    is_granted: z.boolean(),
    lost_before: z.number(),
  })
  .transform(({ on_lost, is_cancel_requested, is_granted, lost_before, ...row }) => ({
    ...row,
    onLost: on_lost,
    isCancelRequested: is_cancel_requested,
    isGranted: is_granted,
    lostBefore: lost_before,
  }));
/** An execution that runs without a live lease; `lostBefore` counts its earlier attempts that were lost. */
export type LostExecution = z.infer<typeof lostRow>;

const isLost = "e.status = 'running' and a.lease_until < clock_timestamp()";
const withAttempt = "executions e join attempts a on a.execution_id = e.id and a.attempt = e.attempt";

const lostColumns = `e.id, e.attempt, e.on_lost, e.cancel_requested_at is not null as is_cancel_requested,
  a.granted_at is not null as is_granted,
  (select count(*)::int from attempts b where b.execution_id = e.id and b.ended_as = 'lost') as lost_before`;

/** The clock of the leases, in ms since 1970. */
export async function readClock(sql: Sql): Promise<number> {
  const row = await sql.row(
    z.object({ ms: z.number() }),
    "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
    [],
  );
  return row?.ms ?? 0;
}

/** The same for executions whose executors say that they lost them. The caller holds their rows. */
export async function readLosses(sql: Sql, ids: readonly ExecutionId[]): Promise<readonly LostExecution[]> {
  return sql.rows(lostRow, `select ${lostColumns} from ${withAttempt} where e.id = any($1)`, [ids]);
}

/** Executions that run without a live lease: up to a hundred, the oldest first. */
export async function listLost(sql: Sql): Promise<readonly ExecutionId[]> {
  const rows = await sql.rows(
    z.object({ id: executionId }),
    `select e.id from ${withAttempt} where ${isLost} order by e.number limit 100`,
  );
  return rows.map(({ id }) => id);
}

/**
 * Locks an execution that runs without a live lease, and that lease; undefined when its lease is live, or when another
 * transaction has locked it.
 */
export async function lockLost(sql: Sql, id: ExecutionId): Promise<LostExecution | undefined> {
  return sql.row(
    lostRow,
    `select ${lostColumns} from ${withAttempt} where e.id = $1 and ${isLost} for update of e, a skip locked`,
    [id],
  );
}
