import { type Sql, waitingRowsOf } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { z } from "zod";

const pool = z.object({
  /** In lower case; null for all pools that do not exist, which a manifest may name. */
  pool: z.string().nullable(),
  queued: z.number(),
  published: z.number(),
  running: z.number(),
  /** How long the oldest due execution has waited; null when none does. */
  oldest_s: z.number().nullable(),
  slots: z.number(),
  executors: z.number(),
});
const gaugesRow = z.object({
  pools: z.array(pool),
  audit: z.object({ count: z.number(), seconds: z.number().nullable() }),
  reports_awaited: z.number(),
});
/** What the platform's gauges show of its database. */
export type GaugeFacts = z.infer<typeof gaugesRow>;
/** The queue and the slots of one pool. */
export type PoolFacts = GaugeFacts["pools"][number];

/** Reads queue, slots and audit in one statement. */
export async function readGauges(sql: Sql): Promise<GaugeFacts | undefined> {
  return sql.row(
    gaugesRow,
    `with queues as (
       select p.id, count(*) filter (where e.status = 'queued')::int as queued,
         count(*) filter (where e.status = 'queued' and e.published_at is not null)::int as published,
         count(*) filter (where e.status = 'running')::int as running,
         (extract(epoch from clock_timestamp() - min(greatest(e.created_at, e.not_before)) filter (
           where e.status = 'queued' and (e.not_before is null or e.not_before <= clock_timestamp()))))::float8 as oldest_s
       from executions e left join pools p on lower(p.name) = lower(e.pool_name)
       where e.status in ('queued', 'running') group by p.id),
     slots as (
       select pool_id as id, sum(slots)::int as slots, count(*)::int as executors from executors
       where revoked_at is null and last_seen_at > clock_timestamp() - $1 * interval '1 millisecond' group by pool_id)
     select
       (select coalesce(json_agg(json_build_object(
          'pool', lower(p.name), 'queued', coalesce(q.queued, 0), 'published', coalesce(q.published, 0),
          'running', coalesce(q.running, 0), 'oldest_s', q.oldest_s, 'slots', coalesce(s.slots, 0),
          'executors', coalesce(s.executors, 0)) order by lower(p.name)), '[]')
        from pools p full join queues q on q.id = p.id left join slots s on s.id = p.id) as pools,
       (select row_to_json(w) from (${waitingRowsOf({ id: "seq" })}) w) as audit,
       (select count(*)::int from executions where reports = 'awaited') as reports_awaited`,
    [limits.absentMs],
  );
}
