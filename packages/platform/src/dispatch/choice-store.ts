import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type ExecutionId,
  jsonObject,
  limits,
  packageId,
  packageName,
  poolId,
  projectId,
  projectName,
  trigger,
  type SealingBatch,
} from "@sealrun/protocol";
import { z } from "zod";
import { isHeld } from "../hold/store.ts";

const readyRow = z
  .object({
    id: executionId,
    status: z.string(),
    attempt: z.number(),
    generation: z.number(),
    pool_id: poolId,
    project_id: projectId,
    project_name: projectName,
    package_id: packageId,
    package_name: packageName,
    version_number: z.number(),
    visible: jsonObject,
    sealed: z.instanceof(Uint8Array).nullable(),
    trigger,
    is_limited: z.boolean(),
    expires_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    status: row.status,
    attempt: row.attempt,
    generation: row.generation,
    pool: row.pool_id,
    project: { id: row.project_id, name: row.project_name },
    package: { id: row.package_id, name: row.package_name },
    versionNumber: row.version_number,
    visible: row.visible,
    sealed: row.sealed,
    trigger: row.trigger,
    isLimited: row.is_limited,
    /** When an event that is built now expires, on the database's clock; the wait for the lock does not count. */
    expiresAt: row.expires_at.getTime(),
  }));
/** An execution whose event is to be published. */
export type ReadyExecution = z.infer<typeof readyRow>;

const capacityRow = z.object({
  slots: z.number(),
  free: z.number(),
  published: z.number(),
  full: z.array(z.string()),
});
/**
 * What a pool can take: slots of its available executors, free slots among them, and events published and not claimed.
 * `full`: ids of the packages and projects that are at their limits, in any pool.
 */
export type PoolCapacity = z.infer<typeof capacityRow>;

const chosenRow = z.object({ execution_id: executionId });
const inFlight = "(e.status = 'running' or (e.status = 'queued' and e.published_at is not null))";
const ofPackage = `(select count(*) from executions e where e.package_id = k.id and e.project_id = k.project_id and ${inFlight})`;
const ofProject = `(select count(*) from executions e where e.project_id = p.id and ${inFlight})`;

/** Pools that have an executor and waiting executions, as names in lower case; none while the platform is held. */
export async function listWaitingPools(sql: Sql): Promise<readonly string[]> {
  const rows = await sql.rows(
    z.object({ name: z.string() }),
    `select lower(l.name) as name from pools l
     where not ${isHeld} and exists (select from outbox o where o.pool = lower(l.name) and o.is_due)
       and exists (select from executors x where x.pool_id = l.id and x.revoked_at is null)`,
  );
  return rows.map(({ name }) => name);
}

/**
 * Makes the caller the pool's only dispatcher until the transaction ends; false when another platform is, and while the
 * platform is held.
 */
export async function lockPool(sql: Sql, pool: string): Promise<boolean> {
  const row = await sql.row(
    z.object({ is_ours: z.boolean() }),
    `select not ${isHeld} and pg_try_advisory_xact_lock(hashtextextended('sealrun dispatch ' || $1, 0)) as is_ours`,
    [pool],
  );
  return row?.is_ours === true;
}

/** What a pool, named in lower case, can take now. */
export async function readCapacity(sql: Sql, pool: string): Promise<PoolCapacity> {
  const row = await sql.row(
    capacityRow,
    `select coalesce(sum(x.slots), 0)::int as slots,
            coalesce(sum(greatest(0, x.slots - (
              select count(*) from executions e where e.executor_id = x.id and e.status = 'running'))), 0)::int as free,
            (select count(*)::int from executions e
             where lower(e.pool_name) = $1 and e.status = 'queued' and e.published_at is not null) as published,
            array(select k.id from packages k where k.max_concurrent is not null and k.max_concurrent <= ${ofPackage}
                  union all
                  select p.id from projects p where p.max_concurrent is not null and p.max_concurrent <= ${ofProject})
              as full
     from executors x join pools l on l.id = x.pool_id
     where lower(l.name) = $1 and not x.is_draining and x.trouble is null and x.revoked_at is null
       and x.last_seen_at > clock_timestamp() - $2 * interval '1 millisecond'`,
    [pool, limits.absentMs],
  );
  return row ?? { slots: 0, free: 0, published: 0, full: [] };
}

/**
 * The pool's next execution: within the limits of its package and project, the most urgent, then the oldest. While
 * nothing is at its limit, that is the first entry of an index. Otherwise each package is a lane: one probe per waiting
 * package finds its first execution, so that thousands that wait behind a limit are not read. Call it in a transaction,
 * which it leaves with sorting disabled.
 */
export async function chooseNext(
  sql: Sql,
  pool: string,
  { full }: Pick<PoolCapacity, "full">,
): Promise<ExecutionId | undefined> {
  if (full.length === 0) return (await sql.row(chosenRow, firstOfAll, [pool]))?.execution_id;
  await sql.run(probesReadAnIndex);
  return (await sql.row(chosenRow, firstOfLanes, [pool, full]))?.execution_id;
}

const firstOfAll = "select execution_id from outbox where pool = $1 and is_due order by priority desc, number limit 1";

/*
 * Statistics of the outbox are often wrong, because it fills and empties within seconds. If they say that one row
 * matches, reading the other index and sorting looks as cheap as one probe, but it reads every waiting row. With
 * sorting disabled, only `outbox_lanes` has the order. The last, small sort of the lanes then counts as very expensive:
 * JIT must not start.
 */
const probesReadAnIndex = "select set_config('enable_sort', 'off', true), set_config('jit', 'off', true)";

const firstOfLanes = `
  with recursive lanes as (
    (select o.execution_id, o.project_id, o.package_id, o.priority, o.number from outbox o
     where o.pool = $1 and o.is_due order by o.package_id, o.priority desc, o.number limit 1)
    union all
    select next.* from lanes cross join lateral (
      select o.execution_id, o.project_id, o.package_id, o.priority, o.number from outbox o
      where o.pool = $1 and o.is_due and o.package_id > lanes.package_id
      order by o.package_id, o.priority desc, o.number limit 1) next
  )
  select execution_id from lanes
  where package_id <> all ($2) and project_id <> all ($2) order by priority desc, number limit 1`;

/** Locks an execution of the outbox until the transaction ends; undefined when it has left the outbox. */
export async function lockReady(sql: Sql, id: ExecutionId): Promise<ReadyExecution | undefined> {
  return sql.row(
    readyRow,
    `select e.id, e.status, e.attempt, e.generation, l.id as pool_id, p.id as project_id, p.name as project_name,
            k.id as package_id, k.name as package_name, v.number as version_number, e.visible, e.sealed, e.trigger,
            k.max_concurrent is not null or p.max_concurrent is not null as is_limited,
            clock_timestamp() + $2 * interval '1 millisecond' as expires_at
     from executions e join outbox o on o.execution_id = e.id
       join projects p on p.id = e.project_id join packages k on k.id = e.package_id
       join versions v on v.id = e.version_id
       join pools l on lower(l.name) = o.pool
     where e.id = $1 for update of e`,
    [id, limits.eventLifetimeMs],
  );
}

/**
 * True when one more execution of the project and package is within their limits. Exact with any number of dispatchers:
 * only dispatchers publish, and each holds the project's lock from before it counts until it commits. The count is a
 * separate statement, so it sees everything that was committed before the lock was taken.
 */
export async function lockWithinLimits(
  sql: Sql,
  { project, package: target }: Pick<ReadyExecution, "project" | "package">,
): Promise<boolean> {
  await sql.run("select pg_advisory_xact_lock(hashtextextended('sealrun limits ' || $1, 0))", [project.id]);
  const row = await sql.row(
    z.object({ is_within: z.boolean() }),
    `select coalesce(k.max_concurrent > ${ofPackage}, true) and coalesce(p.max_concurrent > ${ofProject}, true) as is_within
     from packages k join projects p on p.id = k.project_id where k.id = $1`,
    [target.id],
  );
  return row?.is_within ?? true;
}

/**
 * Stores that the event of this generation is published under this number, and the sealing batches that a grant must
 * open.
 */
export async function markPublished(
  sql: Sql,
  id: ExecutionId,
  event: {
    readonly generation: number;
    readonly seq: number;
    readonly expiresAt: number;
    readonly uploads: readonly SealingBatch[];
  },
): Promise<void> {
  await sql.run(
    `with noted as (
       update executions set generation = $2, published_seq = $3, event_expires_at = $4, uploads = $5,
              published_at = clock_timestamp() where id = $1)
     delete from outbox where execution_id = $1`,
    [id, event.generation, event.seq, new Date(event.expiresAt), JSON.stringify(event.uploads)],
  );
}
