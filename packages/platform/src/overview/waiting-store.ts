import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, failure, limits, sandboxLevel } from "@sealrun/protocol";
import { z } from "zod";
import { trouble } from "../nats/stream-store.ts";
import { type PoolCapacity, readCapacity } from "../dispatch/choice-store.ts";

/** At most this many executions before it are counted. */
export const maxCounted = 1_000;

const factsRow = z
  .object({
    id: executionId,
    not_before: z.date().nullable(),
    is_published: z.boolean(),
    pool: z.string(),
    has_executor: z.boolean(),
    silent_s: z.number().nullable(),
    unfit: z.object({ executor: z.string(), trouble: failure }).nullable(),
    package: z.string(),
    package_limit: z.number().nullable(),
    package_in_flight: z.number(),
    package_archived: z.boolean(),
    project: z.string(),
    project_limit: z.number().nullable(),
    project_in_flight: z.number(),
    project_archived: z.boolean(),
    min_sandbox: sandboxLevel,
    best_sandbox: sandboxLevel.nullable(),
    trouble: trouble.nullable(),
    refusal: z.string().nullable(),
    held_until: z.date().nullable(),
    ahead: z.number(),
    hold_since: z.date().nullable(),
    hold_by: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    /** Set while its time has not come. */
    notBefore: row.not_before,
    isPublished: row.is_published,
    pool: row.pool,
    hasExecutor: row.has_executor,
    /** Seconds since the last heartbeat of an executor of the pool that takes work; null when there never was one. */
    silentSeconds: row.silent_s,
    /** The executor of the pool that last reported that its machine cannot take work, and why. */
    unfit: row.unfit,
    package: {
      name: row.package,
      limit: row.package_limit,
      inFlight: row.package_in_flight,
      isArchived: row.package_archived,
    },
    project: {
      name: row.project,
      limit: row.project_limit,
      inFlight: row.project_in_flight,
      isArchived: row.project_archived,
      minSandbox: row.min_sandbox,
    },
    /** The strongest sandbox of the pool's executors that take work; null without such an executor. */
    bestSandbox: row.best_sandbox,
    trouble: row.trouble,
    /** Why it was requeued, as a sentence, and until when it is therefore not offered to executors. */
    refusal: row.refusal,
    heldUntil: row.held_until,
    /** How many executions of the pool are before it; `maxCounted` + 1 means that or more. */
    ahead: row.ahead,
    /** Set while the platform is held. */
    hold: row.hold_since === null ? undefined : { since: row.hold_since, by: row.hold_by ?? "" },
  }));
/** What decides when a queued execution starts. */
export type WaitingFacts = z.infer<typeof factsRow> & { readonly slots: number; readonly free: number };

const inFlight = "(x.status = 'running' or (x.status = 'queued' and x.published_at is not null))";

/** The facts of each of these executions that is queued; one statement, and one more for each pool. */
export async function findWaitingFacts(sql: Sql, ids: readonly ExecutionId[]): Promise<readonly WaitingFacts[]> {
  const found = await sql.rows(
    factsRow,
    `with heads as materialized (
       select head.number, head.place from (
         select distinct lower(pool_name) as pool from executions where id = any ($1) and status = 'queued') pools
       cross join lateral (
         select number, row_number() over (order by priority desc, number)::int - 1 as place from (
           select priority, number from outbox where pool = pools.pool and is_due
           order by priority desc, number limit $2::int) as first) head)
     select e.id, case when e.not_before > clock_timestamp() then e.not_before end as not_before,
            e.published_at is not null as is_published, e.pool_name as pool,
            exists (select from executors x join pools l on l.id = x.pool_id
                    where lower(l.name) = lower(e.pool_name) and x.revoked_at is null) as has_executor,
            (select extract(epoch from clock_timestamp() - max(x.last_seen_at))::int
             from executors x join pools l on l.id = x.pool_id
             where lower(l.name) = lower(e.pool_name) and x.revoked_at is null and not x.is_draining) as silent_s,
            (select json_build_object('executor', x.id, 'trouble', x.trouble)
             from executors x join pools l on l.id = x.pool_id
             where lower(l.name) = lower(e.pool_name) and x.revoked_at is null and not x.is_draining
               and x.trouble is not null and x.last_seen_at > clock_timestamp() - $3 * interval '1 millisecond'
             order by x.last_seen_at desc limit 1) as unfit,
            k.name as package, k.max_concurrent as package_limit, k.archived_at is not null as package_archived,
            p.archived_at is not null as project_archived,
            (select count(*)::int from executions x
             where x.project_id = e.project_id and x.package_id = e.package_id and ${inFlight}) as package_in_flight,
            p.name as project, p.max_concurrent as project_limit, p.min_sandbox,
            (select coalesce(x.sandbox, 'none') from executors x join pools l on l.id = x.pool_id
             where lower(l.name) = lower(e.pool_name) and x.revoked_at is null and not x.is_draining
               and x.trouble is null and x.last_seen_at > clock_timestamp() - $3 * interval '1 millisecond'
             order by sandbox_rank(x.sandbox) desc limit 1) as best_sandbox,
            (select count(*)::int from executions x where x.project_id = e.project_id and ${inFlight}) as project_in_flight,
            (select trouble from streams where name = 'EXECUTIONS') as trouble,
            h.refusal, case when h.not_before > clock_timestamp() then h.not_before end as held_until,
            i.held_at as hold_since, i.held_by as hold_by,
            case when heads.place is not null then heads.place when h.is_due then $2::int else (
              select count(*)::int from (
                select from outbox o where o.pool = lower(e.pool_name) and o.is_due
                  and (o.priority > e.priority or (o.priority = e.priority and o.number < e.number))
                limit $2::int) as before) end as ahead
     from executions e join packages k on k.id = e.package_id join projects p on p.id = e.project_id
       left join outbox h on h.execution_id = e.id left join installation i on i.held_at is not null
       left join heads on heads.number = e.number
     where e.id = any ($1) and e.status = 'queued'`,
    [ids, maxCounted + 1, limits.absentMs],
  );
  const capacities = new Map<string, PoolCapacity>();
  for (const { pool } of found) {
    const name = pool.toLowerCase();
    if (!capacities.has(name)) capacities.set(name, await readCapacity(sql, name));
  }
  return found.map((facts) => {
    const { slots, free } = capacities.get(facts.pool.toLowerCase()) ?? { slots: 0, free: 0 };
    return { ...facts, slots, free };
  });
}
