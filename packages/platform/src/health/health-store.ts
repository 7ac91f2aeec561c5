import type { Sql } from "@sealrun/postgres";
import { defaultPool, executionId, executionsStream, failure, limits, SealrunError } from "@sealrun/protocol";
import { z } from "zod";

const serverRow = z
  .object({ version: z.string(), bytes: z.string(), connections: z.number() })
  .transform(({ version, bytes, connections }) => ({ version, databaseBytes: Number(bytes), connections }));

/** An empty query, to measure the round trip to PostgreSQL. */
export async function pingPostgres(sql: Pick<Sql, "run">): Promise<void> {
  await sql.run("select 1");
}

/** Version and size of PostgreSQL and this database. */
export async function describeServer(sql: Sql): Promise<z.infer<typeof serverRow>> {
  return theRow(
    sql,
    serverRow,
    `select current_setting('server_version') as version, pg_database_size(current_database())::text as bytes,
            (select count(*)::int from pg_stat_activity where datname = current_database()) as connections`,
  );
}

const queueRow = z
  .object({
    queued: z.number(),
    published: z.number(),
    running: z.number(),
    oldest_at: z.date().nullable(),
    due: executionId.nullable(),
    due_s: z.number().nullable(),
  })
  .transform(({ oldest_at, due, due_s, ...row }) => ({
    ...row,
    oldestQueuedAt: oldest_at?.toISOString() ?? null,
    /** The due execution that has waited longest; null when none waits. */
    oldestDue: due === null ? null : { id: due, seconds: due_s ?? 0 },
  }));
/** How many executions are under way, and for how long they have waited. */
export type QueueFacts = z.infer<typeof queueRow>;

/** Counts waiting and running executions. */
export async function readQueue(sql: Sql): Promise<QueueFacts> {
  return theRow(
    sql,
    queueRow,
    `select count(*) filter (where status = 'queued')::int as queued,
            count(*) filter (where status = 'queued' and published_at is not null)::int as published,
            count(*) filter (where status = 'running')::int as running,
            min(created_at) filter (where status = 'queued') as oldest_at,
            max(due.id) as due, extract(epoch from clock_timestamp() - max(due.since))::int as due_s
     from executions left join lateral (
       select id, greatest(created_at, not_before) as since from executions
       where status = 'queued' and (not_before is null or not_before <= clock_timestamp())
       order by 2 limit 1) due on true
     where status in ('queued', 'running')`,
  );
}

const unfitRow = z
  .object({ id: z.string(), trouble: failure })
  .transform(({ id, trouble }) => ({ executor: id, ...trouble }));
/** An executor that takes no work, and why. */
export type UnfitExecutor = z.infer<typeof unfitRow>;

/** Live executors whose machine cannot take work, the first ten by id. */
export async function listUnfit(sql: Sql): Promise<readonly UnfitExecutor[]> {
  return sql.rows(
    unfitRow,
    `select id, trouble from executors
     where trouble is not null and revoked_at is null
       and last_seen_at > clock_timestamp() - $1 * interval '1 millisecond' order by id limit 10`,
    [limits.absentMs],
  );
}

const executorsRow = z.object({ live: z.number(), enrolled: z.number() });

/** How many executors are enrolled, and how many of them sent a heartbeat lately. */
export async function countExecutors(sql: Sql): Promise<z.infer<typeof executorsRow>> {
  return theRow(
    sql,
    executorsRow,
    `select count(*) filter (where last_seen_at > clock_timestamp() - $1 * interval '1 millisecond')::int as live,
            count(*)::int as enrolled
     from executors where revoked_at is null`,
    [limits.absentMs],
  );
}

const emptyPoolRow = z.object({ pool: z.string(), queued: z.number(), packages: z.number() });
/** A pool without a live executor, its due executions, and the packages that name it. */
export type EmptyPool = z.infer<typeof emptyPoolRow>;

/** Pools that a package or a due execution needs and that have no live executor; the most awaited first. */
export async function listEmptyPools(sql: Sql): Promise<readonly EmptyPool[]> {
  return sql.rows(
    emptyPoolRow,
    `with waiting as (
       select lower(pool_name) as key, max(pool_name) as name, count(*)::int as queued
       from executions where status = 'queued' and (not_before is null or not_before <= clock_timestamp()) group by 1
     ), used as (
       select lower(coalesce(v.manifest ->> 'pool', $2)) as key, max(coalesce(v.manifest ->> 'pool', $2)) as name,
              count(*)::int as packages
       from packages p join projects j on j.id = p.project_id
         join versions v on v.package_id = p.id and v.number = p.current_version
       where p.archived_at is null and j.archived_at is null and v.manifest ->> 'active' is distinct from 'false'
       group by 1
     )
     select coalesce(w.name, u.name) as pool, coalesce(w.queued, 0) as queued, coalesce(u.packages, 0) as packages
     from waiting w full join used u on u.key = w.key
     where not exists (
       select from executors x join pools l on l.id = x.pool_id
       where lower(l.name) = coalesce(w.key, u.key) and x.revoked_at is null
         and x.last_seen_at > clock_timestamp() - $1 * interval '1 millisecond')
     order by queued desc, packages desc, pool`,
    [limits.absentMs, defaultPool],
  );
}

const schedulesRow = z
  .object({
    missed: z.number(),
    project: z.string().nullable(),
    package: z.string().nullable(),
    late_s: z.number().nullable(),
  })
  .transform((row) => ({
    missed: row.missed,
    newest: row.project === null ? null : `${row.project}/${row.package}`,
    lateSeconds: row.late_s ?? 0,
  }));
/**
 * How many schedules missed due times in the last 24 hours while no platform checked them, the package of the newest
 * such schedule, and how late the oldest open due time is.
 */
export type ScheduleFacts = z.infer<typeof schedulesRow>;

/** Missed and late due times. Due times skipped by a pause do not count: a person is the actor of their audit rows. */
export async function readSchedules(sql: Sql): Promise<ScheduleFacts> {
  return theRow(
    sql,
    schedulesRow,
    `with recent as (
       select at, actor, object from audit
       where action = 'schedule.missed' and at > statement_timestamp() - interval '24 hours' and actor like 'schedule %'
     ), newest as (
       select j.name as project, p.name as package
       from recent r join packages p on p.id = r.object join projects j on j.id = p.project_id
       order by r.at desc limit 1
     )
     select (select count(distinct actor)::int from recent) as missed, (select project from newest) as project,
            (select package from newest) as package,
            (select extract(epoch from clock_timestamp() - min(next_at))::float8
             from schedules where next_at is not null) as late_s`,
  );
}

/** Whether NATS was full for the last event that any platform published. */
export async function isNatsFull(sql: Sql): Promise<boolean> {
  const text = "select exists (select from streams where name = $1 and trouble = 'full') as is_full";
  return (await theRow(sql, z.object({ is_full: z.boolean() }), text, [executionsStream])).is_full;
}

/** The single row of a statement that always returns one. */
async function theRow<T>(sql: Sql, ...[schema, text, values]: Parameters<typeof sql.rows<T>>): Promise<T> {
  const row = await sql.row(schema, text, values);
  if (row !== undefined) return row;
  throw new SealrunError("INTERNAL", "");
}
