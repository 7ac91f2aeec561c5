import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type ExecutionId,
  jsonObject,
  limits,
  packageId,
  type PackageId,
  packageName,
  poolId,
  projectId,
  projectName,
  trigger,
} from "@sealrun/protocol";
import { z } from "zod";
import { orArchivedAndWaiting } from "./archived-store.ts";
import type { OpenedValue } from "../executions/granted.ts";
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
    trace: z.string().nullable(),
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
    trace: row.trace,
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
 * `full`: ids of the packages and projects that are at their limits, in any pool, and of the projects whose least sandbox
 * none of these executors reaches.
 */
export type PoolCapacity = z.infer<typeof capacityRow>;

/** An execution of the outbox, and its package. */
export interface ChosenExecution {
  readonly id: ExecutionId;
  readonly packageId: PackageId;
}

/** Events that one transaction publishes. */
export const maxBatch = 16;

const firstOfAll = `select array[execution_id, package_id] from outbox where pool = $1 and is_due order by priority desc, number limit ${maxBatch}`;

const chosenRow = z
  .object({ execution_id: executionId, package_id: packageId })
  .transform(({ execution_id, package_id }): ChosenExecution => ({ id: execution_id, packageId: package_id }));
const chosenPair = z
  .tuple([executionId, packageId])
  .transform(([id, ofPackage]): ChosenExecution => ({ id, packageId: ofPackage }));
const inFlight = "(e.status = 'running' or (e.status = 'queued' and e.published_at is not null))";
const ofPackage = `(select count(*) from executions e where e.package_id = k.id and e.project_id = k.project_id and ${inFlight})`;
const ofProject = `(select count(*) from executions e where e.project_id = p.id and ${inFlight})`;

const lookRow = z
  .object({ pools: z.array(z.string()), due_ms: z.number().nullable(), expiry_ms: z.number().nullable() })
  .transform(({ pools, due_ms, expiry_ms }) => ({ pools, dueMs: due_ms ?? Infinity, expiryMs: expiry_ms ?? Infinity }));

/**
 * Pools that have an executor and waiting executions, as names in lower case, none while the platform is held; and the
 * milliseconds until the next delayed execution is due and until the next published event expires, Infinity without
 * one. One statement, because it is read regularly even while nothing runs.
 */
export async function lookForWork(sql: Sql): Promise<z.infer<typeof lookRow>> {
  const row = await sql.row(
    lookRow,
    `select array(
              select lower(l.name) from pools l
              where not ${isHeld} and exists (select from outbox o where o.pool = lower(l.name) and o.is_due)
                and exists (select from executors x where x.pool_id = l.id and x.revoked_at is null)) as pools,
            extract(epoch from (select min(not_before) from outbox where not is_due) - clock_timestamp())::float8 * 1000
              as due_ms,
            extract(epoch from (select min(event_expires_at) from executions where status = 'queued')
                               - clock_timestamp())::float8 * 1000 as expiry_ms`,
  );
  return row ?? { pools: [], dueMs: 0, expiryMs: 0 };
}

/**
 * Makes the caller the pool's only dispatcher until the transaction ends; false when another platform is, and while the
 * platform is held. Leaves the transaction with sorting disabled.
 */
export async function lockPool(sql: Sql, pool: string): Promise<boolean> {
  const row = await sql.row(
    z.object({ is_ours: z.boolean() }),
    `select ${choicesReadAnIndex},
            not ${isHeld} and pg_try_advisory_xact_lock(hashtextextended('sealrun dispatch ' || $1, 0)) as is_ours`,
    [pool],
  );
  return row?.is_ours === true;
}

/*
 * Statistics of the outbox are often wrong, because it fills and empties within seconds. If they say that one row
 * matches, reading another index and sorting looks as cheap as reading the first rows of the right one, but it reads
 * every waiting row. With sorting disabled, only an index that has the order is read. The last, small sort of the lanes
 * then counts as very expensive: JIT must not start.
 */
const choicesReadAnIndex = "set_config('enable_sort', 'off', true), set_config('jit', 'off', true)";

/** What a pool, named in lower case, can take now. */
export async function readCapacity(sql: Sql, pool: string): Promise<PoolCapacity> {
  return (await sql.row(capacityRow, `select ${capacity}`, [pool, limits.absentMs])) ?? noCapacity;
}

const choiceRow = capacityRow.extend({ first: z.array(chosenPair) });
const noCapacity: PoolCapacity = { slots: 0, free: 0, published: 0, full: [] };

/**
 * What a pool can take now, and its first executions: the most urgent, then the oldest, at most `maxBatch`. While
 * nothing is at its limit, these are the next ones. The caller has called `lockPool`.
 */
export async function readChoice(sql: Sql, pool: string): Promise<z.infer<typeof choiceRow>> {
  const row = await sql.row(choiceRow, `select array(${firstOfAll}) as first, ${capacity}`, [pool, limits.absentMs]);
  return row ?? { ...noCapacity, full: [], first: [] };
}

/** True for an executor `x` of the pool $1 of name `l` that takes executions; $2 is `limits.absentMs`. */
const takesWork = `lower(l.name) = $1 and not x.is_draining and x.trouble is null and x.revoked_at is null
       and x.last_seen_at > clock_timestamp() - $2 * interval '1 millisecond'`;

const capacity = `
            coalesce(sum(x.slots), 0)::int as slots,
            coalesce(sum(greatest(0, x.slots - (
              select count(*) from executions e where e.executor_id = x.id and e.status = 'running'))), 0)::int as free,
            (select count(*)::int from executions e
             where lower(e.pool_name) = $1 and e.status = 'queued' and e.published_at is not null) as published,
            array(select k.id from packages k where k.max_concurrent is not null and k.max_concurrent <= ${ofPackage}
                  union all
                  select p.id from projects p where p.max_concurrent is not null and p.max_concurrent <= ${ofProject}
                  union all
                  select p.id from projects p where p.min_sandbox <> 'none' and not exists (
                    select from executors x join pools l on l.id = x.pool_id where ${takesWork}
                      and sandbox_rank(x.sandbox) >= sandbox_rank(p.min_sandbox))${orArchivedAndWaiting})
              as full
     from executors x join pools l on l.id = x.pool_id where ${takesWork}`;

/**
 * The pool's next executions within the limits of their packages and projects, as ordered by `readChoice`, while some
 * are at their limits. Each package is a lane: one probe per waiting package finds it, so that thousands that wait
 * behind a limit are not read. The caller has called `lockPool`.
 */
export async function chooseBehindLimits(
  sql: Sql,
  pool: string,
  full: PoolCapacity["full"],
): Promise<readonly ChosenExecution[]> {
  return sql.rows(chosenRow, firstOfLanes, [pool, full]);
}

/* With "=" for a lane's package, an index without packages has the order too, and every row of the others is read. */
const firstOfLanes = `
  with recursive lanes as (
    (select o.project_id, o.package_id from outbox o
     where o.pool = $1 and o.is_due order by o.package_id, o.priority desc, o.number limit 1)
    union all
    select next.* from lanes cross join lateral (
      select o.project_id, o.package_id from outbox o
      where o.pool = $1 and o.is_due and o.package_id > lanes.package_id
      order by o.package_id, o.priority desc, o.number limit 1) next
  )
  select first.execution_id, first.package_id from lanes cross join lateral (
    select o.execution_id, o.package_id, o.priority, o.number from outbox o
    where o.pool = $1 and o.is_due and o.package_id >= lanes.package_id
    order by o.package_id, o.priority desc, o.number limit ${maxBatch}) first
  where lanes.package_id <> all ($2) and lanes.project_id <> all ($2) and first.package_id = lanes.package_id
  order by first.priority desc, first.number limit ${maxBatch}`;

/**
 * Locks executions of the outbox until the transaction ends, in the order of their ids: whatever locks several does so
 * in this order. Those that have left the outbox are missing; a row that cannot be read is the error that says so.
 */
export async function lockReady(
  sql: Sql,
  ids: readonly ExecutionId[],
): Promise<ReadonlyMap<ExecutionId, ReadyExecution | z.ZodError>> {
  const rows = await sql.rows(
    z.looseObject({ id: executionId }),
    `select e.id, e.status, e.attempt, e.generation, l.id as pool_id, p.id as project_id, p.name as project_name,
            k.id as package_id, k.name as package_name, v.number as version_number, e.visible, e.sealed, e.trigger, e.trace,
            k.max_concurrent is not null or p.max_concurrent is not null as is_limited,
            clock_timestamp() + $2 * interval '1 millisecond' as expires_at
     from executions e join outbox o on o.execution_id = e.id
       join projects p on p.id = e.project_id join packages k on k.id = e.package_id
       join versions v on v.id = e.version_id
       join pools l on lower(l.name) = o.pool
     where e.id = any ($1::text[]) order by e.id for update of e`,
    [ids, limits.eventLifetimeMs],
  );
  return new Map(
    rows.map((row) => {
      const { data, error } = readyRow.safeParse(row);
      return [row.id, data ?? error];
    }),
  );
}

/**
 * True when one more execution of the project and package is within their limits, besides the `chosen` ones of this
 * transaction, which are not published yet. Exact with any number of dispatchers:
 * only dispatchers publish, and each holds the project's lock from before it counts until it commits. The count is a
 * separate statement, so it sees everything that was committed before the lock was taken.
 */
export async function lockWithinLimits(
  sql: Sql,
  { project, package: target }: Pick<ReadyExecution, "project" | "package">,
  chosen: readonly Pick<ReadyExecution, "project" | "package">[],
): Promise<boolean> {
  await sql.run("select pg_advisory_xact_lock(hashtextextended('sealrun limits ' || $1, 0))", [project.id]);
  const row = await sql.row(
    z.object({ is_within: z.boolean() }),
    `select coalesce(k.max_concurrent > $2 + ${ofPackage}, true)
            and coalesce(p.max_concurrent > $3 + ${ofProject}, true) as is_within
     from packages k join projects p on p.id = k.project_id where k.id = $1`,
    [
      target.id,
      chosen.filter((one) => one.package.id === target.id).length,
      chosen.filter((one) => one.project.id === project.id).length,
    ],
  );
  return row?.is_within ?? true;
}

/** An event as it was published. */
export interface PublishedEvent {
  readonly id: ExecutionId;
  readonly generation: number;
  /** The stream's number for it. */
  readonly seq: number;
  readonly expiresAt: number;
  /** What its grant opens. */
  readonly granted: readonly OpenedValue[];
}

/**
 * Stores that events are published, and takes their executions out of the outbox; with `isLast` it also commits the
 * transaction.
 */
export async function markPublished(
  sql: Sql,
  events: readonly PublishedEvent[],
  { isLast }: { readonly isLast: boolean },
): Promise<void> {
  const store = async (): Promise<number> =>
    sql.run(
      `with noted as (
       update executions e set generation = event.generation, published_seq = event.seq,
              event_expires_at = event.expires_at, granted = event.granted, published_at = clock_timestamp()
       from unnest($1::text[], $2::int[], $3::bigint[], $4::timestamptz[], $5::json[])
         as event (id, generation, seq, expires_at, granted)
       where e.id = event.id)
     delete from outbox where execution_id = any ($1::text[])`,
      [
        events.map(({ id }) => id),
        events.map(({ generation }) => generation),
        events.map(({ seq }) => seq),
        events.map(({ expiresAt }) => new Date(expiresAt).toISOString()),
        events.map(({ granted }) => JSON.stringify(granted)),
      ],
    );
  await (isLast ? sql.last(store) : store());
}
