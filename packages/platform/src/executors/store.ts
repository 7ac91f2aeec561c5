import type { Sql } from "@sealrun/postgres";
import {
  basicForms,
  executorId,
  type ExecutorId,
  failure,
  limits,
  networkForm,
  type NetworkForm,
  type PoolId,
  type PresenceRequest,
  sandboxLevel,
} from "@sealrun/protocol";
import { z } from "zod";
import { outboxChannel } from "../postgres/channels.ts";

const executorRow = z
  .object({ id: executorId, sign_public: z.instanceof(Uint8Array) })
  .transform(({ id, sign_public }) => ({ id, signPublic: sign_public }));
/** An executor that the keyring has enrolled. */
export interface Executor {
  readonly id: ExecutorId;
  readonly signPublic: Uint8Array;
}

const listedRow = z
  .object({
    id: executorId,
    pool: z.string(),
    enrolled_at: z.date(),
    last_seen_at: z.date().nullable(),
    running: z.number(),
    slots: z.number(),
    is_live: z.boolean(),
    is_draining: z.boolean(),
    trouble: failure.nullable(),
    network_forms: z.array(networkForm),
    sandbox: sandboxLevel.nullable(),
    revoked_at: z.date().nullable(),
  })
  .transform(({ enrolled_at, last_seen_at, revoked_at, is_live, is_draining, network_forms, ...row }) => ({
    ...row,
    networkForms: network_forms,
    isLive: is_live,
    isDraining: is_draining,
    revokedAt: revoked_at?.toISOString() ?? null,
    enrolledAt: enrolled_at.toISOString(),
    lastSeenAt: last_seen_at?.toISOString() ?? null,
  }));

/** Stores an executor and its pool as the keyring states them; a repeated enrolment changes only the pool's name. */
export async function saveExecutor(
  sql: Sql,
  executor: Executor & { readonly pool: { readonly id: PoolId; readonly name: string } },
): Promise<void> {
  await sql.run("insert into pools (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name", [
    executor.pool.id,
    executor.pool.name,
  ]);
  await sql.run("insert into executors (id, sign_public, pool_id) values ($1, $2, $3) on conflict (id) do nothing", [
    executor.id,
    executor.signPublic,
    executor.pool.id,
  ]);
}

/** The executor of that id; undefined when it does not exist or was revoked. */
export async function findExecutor(sql: Sql, id: string): Promise<Executor | undefined> {
  return sql.row(executorRow, "select id, sign_public from executors where id = $1 and revoked_at is null", [id]);
}

/** Stores that the keyring has revoked an executor. False when that is stored already, or when the id is unknown. */
export async function markRevoked(sql: Sql, id: ExecutorId, revokedAt: string): Promise<boolean> {
  const text = "update executors set revoked_at = $2, slots = 0 where id = $1 and revoked_at is null";
  return (await sql.run(text, [id, revokedAt])) === 1;
}

/** The time of the newest stored revocation, by the keyring's clock. */
export async function findLastRevocation(sql: Sql): Promise<Date | undefined> {
  const last = z.object({ at: z.date().nullable() });
  return (await sql.row(last, "select max(revoked_at) as at from executors"))?.at ?? undefined;
}

/** Stores that the executor $1 sent a request now, as SQL. */
export const seeExecutor = "update executors set last_seen_at = clock_timestamp() where id = $1";

/** Stores that an executor sent a request now. */
export async function noteSeen(sql: Sql, id: ExecutorId): Promise<void> {
  await sql.run(seeExecutor, [id]);
}

/**
 * Stores an executor's heartbeat: its slots, running executions, and whether it is draining or unfit. Notifies the
 * dispatchers when that may give its pool capacity, or the executor was absent.
 */
export async function notePresence(sql: Sql, id: ExecutorId, said: PresenceRequest): Promise<void> {
  await sql.run(
    `with noted as (
       update executors x set last_seen_at = clock_timestamp(), slots = $2, running = $3, is_draining = $4, trouble = $5,
               sandbox = $8, network_forms = $9, require_network = $10
       from executors before where x.id = $1 and before.id = x.id
       returning (before.slots, before.is_draining, before.trouble::text, before.sandbox)
                   is distinct from (x.slots, x.is_draining, x.trouble::text, x.sandbox)
                 or coalesce(before.last_seen_at < clock_timestamp() - $6 * interval '1 millisecond', true) as is_news)
     select pg_notify($7, '') from noted where is_news`,
    [
      id,
      said.slots,
      said.running,
      said.draining,
      said.trouble == null ? null : JSON.stringify(said.trouble),
      limits.absentMs,
      outboxChannel,
      said.sandbox ?? null,
      said.networkForms ?? null,
      said.requiresNetwork ?? false,
    ],
  );
}

/** True for an executor `x` that is not revoked and has sent a heartbeat recently, as SQL; $1 is `limits.absentMs`. */
const isLive = `coalesce(x.revoked_at is null and x.last_seen_at > clock_timestamp() - $1 * interval '1 millisecond', false)`;

/** How the executor `x` can limit the network of scripts, as SQL. */
const networkForms = `coalesce(x.network_forms, '{${basicForms.join(",")}}')`;

/**
 * The network that the executor `x` gives scripts of the version `v`, as SQL: one without a setting has "outbound" where that
 * is enforced, else the machine's own.
 */
export const networkOf = `coalesce(v.network_form, case when 'outbound' = any (${networkForms}) then 'outbound' else 'host' end)`;

/** True when the executor `x` gives that network to the project `g`, as SQL. */
export const offersNetwork = `(coalesce(v.network_form = any (${networkForms}), true)
  and not (${networkOf} = 'host' and (x.require_network or g.require_network)))`;

/**
 * Whether live executors of a pool offer a form, or for a package without one what it gets; undefined when none is live.
 * With `isRequired` none may give it the machine's network.
 */
export async function offersForm(
  sql: Sql,
  pool: string,
  wanted: { readonly form: NetworkForm | undefined; readonly isRequired: boolean },
): Promise<boolean | undefined> {
  const row = await sql.row(
    z.object({ is_offered: z.boolean().nullable() }),
    `select bool_or(${offersNetwork}) as is_offered
     from executors x join pools p on p.id = x.pool_id
       cross join (values ($3::text)) as v (network_form) cross join (values ($4::boolean)) as g (require_network)
     where lower(p.name) = lower($2) and ${isLive}`,
    [limits.absentMs, pool, wanted.form ?? null, wanted.isRequired],
  );
  return row?.is_offered ?? undefined;
}

/** All executors, the newest first, with how many executions each runs. */
export async function listExecutors(sql: Sql): Promise<readonly z.infer<typeof listedRow>[]> {
  return sql.rows(
    listedRow,
    `select x.id, p.name as pool, x.enrolled_at, x.last_seen_at, x.revoked_at,
            x.slots, x.is_draining, x.trouble, x.sandbox, ${networkForms} as network_forms, ${isLive} as is_live,
            (select count(*)::int from executions e where e.executor_id = x.id and e.status = 'running') as running
     from executors x join pools p on p.id = x.pool_id order by x.enrolled_at desc, x.id`,
    [limits.absentMs],
  );
}

const poolRow = z
  .object({
    name: z.string(),
    executors: z.number(),
    slots: z.number(),
    running: z.number(),
    queued: z.number(),
    oldest_queued_at: z.date().nullable(),
    sandbox: sandboxLevel.nullable(),
    network_forms: z.array(networkForm),
  })
  .transform(({ oldest_queued_at, network_forms, ...row }) => ({
    ...row,
    networkForms: network_forms,
    oldestQueuedAt: oldest_queued_at?.toISOString() ?? null,
  }));

/** Every pool that has an executor or a queued execution, by name; only slots of live and fit executors count. */
export async function describePools(sql: Sql): Promise<readonly z.infer<typeof poolRow>[]> {
  return sql.rows(
    poolRow,
    `with enrolled as (
       select lower(p.name) as pool, max(p.name) as name, count(*) filter (where ${isLive})::int as live,
              coalesce(sum(x.slots) filter (where ${isLive} and x.trouble is null), 0)::int as slots,
              coalesce(sum((select count(*) from executions e where e.executor_id = x.id and e.status = 'running')), 0)::int
                as running,
              (array_agg(x.sandbox order by sandbox_rank(x.sandbox) desc) filter (where ${isLive}))[1] as sandbox
       from executors x join pools p on p.id = x.pool_id where x.revoked_at is null group by 1
     ), waiting as (
       select lower(pool_name) as pool, max(pool_name) as name, count(*)::int as queued, min(created_at) as oldest
       from executions where status = 'queued' group by 1
     )
     select coalesce(l.name, w.name) as name, coalesce(l.live, 0) as executors, coalesce(l.slots, 0) as slots,
            coalesce(l.running, 0) as running, coalesce(w.queued, 0) as queued, w.oldest as oldest_queued_at,
            l.sandbox, array(
              select distinct form from executors x join pools p on p.id = x.pool_id cross join unnest(${networkForms}) as form
              where lower(p.name) = l.pool and ${isLive} order by form) as network_forms
     from enrolled l full join waiting w on w.pool = l.pool order by lower(coalesce(l.name, w.name))`,
    [limits.absentMs],
  );
}
