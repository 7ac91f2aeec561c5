import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, limits, poolId } from "@sealrun/protocol";
import { z } from "zod";
import { ringOutbox } from "../postgres/channels.ts";

/** Which of the executions `e` get a new event, as SQL; what they had before no longer counts as published. */
const askAnew = (which: string): string => `
  with asked as (
    update executions e set published_at = null, published_seq = null, event_expires_at = null
    where ${which} returning e.id, e.pool_name, e.project_id, e.package_id, e.priority, e.number, e.not_before
  )
  insert into outbox (execution_id, pool, project_id, package_id, priority, number, not_before, is_due)
  select id, lower(pool_name), project_id, package_id, priority, number, not_before,
         coalesce(not_before <= clock_timestamp(), true)
  from asked on conflict do nothing`;

/** Asks for the first event of executions that the caller has just made; told as `addToOutbox` tells it. */
export async function addNewToOutbox(sql: Sql, ids: readonly ExecutionId[]): Promise<void> {
  await sql.run(
    `insert into outbox (execution_id, pool, project_id, package_id, priority, number, not_before, is_due)
     select id, lower(pool_name), project_id, package_id, priority, number, not_before,
            coalesce(not_before <= clock_timestamp(), true)
     from executions where id = any ($1::text[])`,
    [ids],
  );
  await ringOutbox(sql);
}

/**
 * Asks for an event of a queued execution, its first or a new one; told to every dispatcher when the transaction
 * commits. The caller holds the execution's row, or has just made it.
 */
export async function addToOutbox(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run(askAnew("e.id = $1"), [id]);
  await ringOutbox(sql);
}

/**
 * Asks for a new event of a queued execution after a while, and keeps the reason, a sentence, for those who ask what it
 * waits for.
 * Until then it takes no room from others. The caller holds the execution's row.
 */
export async function holdInOutbox(
  sql: Sql,
  id: ExecutionId,
  { forMs, refusal }: { readonly forMs: number; readonly refusal: string },
): Promise<void> {
  await addToOutbox(sql, id);
  await sql.run(
    `update outbox set is_due = false, refusal = $3,
            not_before = greatest(not_before, clock_timestamp() + $2 * interval '1 millisecond') where execution_id = $1`,
    [id, forMs, refusal],
  );
}

/** Takes a row out of the outbox. */
export async function removeFromOutbox(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run("delete from outbox where execution_id = $1", [id]);
}

/** Asks for a new event for every queued execution whose own one expired; the answer is how many. */
export async function renewExpiredEvents(sql: Sql): Promise<number> {
  return sql.run(askAnew("e.status = 'queued' and e.event_expires_at < clock_timestamp()"));
}

/** Asks for a new event for every execution whose event was out: the stream that held them is no more. */
export async function renewAllEvents(sql: Sql): Promise<number> {
  const renewed = await sql.run(askAnew("e.status = 'queued' and e.published_at is not null"));
  await ringOutbox(sql);
  return renewed;
}

const publishedRow = z
  .object({
    id: executionId,
    generation: z.number(),
    published_seq: z.string().nullable(),
    pool_id: poolId.nullable(),
    is_stale: z.boolean(),
  })
  .transform(({ published_seq, pool_id, is_stale, ...row }) => ({
    ...row,
    seq: published_seq === null ? undefined : Number(published_seq),
    pool: pool_id ?? undefined,
    isStale: is_stale,
  }));
/**
 * An execution whose event is out and was not claimed; `seq` is the stream's number for it. Stale: out for longer than
 * any executor goes on claiming one.
 */
export type PublishedExecution = z.infer<typeof publishedRow>;

/** An executor claims for two leases, and a message that it dropped is offered again within one. */
const staleMs = 4 * limits.leaseMs;

/** The events that are out, unclaimed, for at least this long, the oldest first. */
export async function listPublished(sql: Sql, forMs: number): Promise<readonly PublishedExecution[]> {
  return sql.rows(
    publishedRow,
    `select e.id, e.generation, e.published_seq, l.id as pool_id,
            e.published_at <= clock_timestamp() - $2 * interval '1 millisecond' as is_stale
     from executions e left join pools l on lower(l.name) = lower(e.pool_name)
     where e.status = 'queued' and e.published_at is not null
       and e.published_at <= clock_timestamp() - $1 * interval '1 millisecond'
     order by e.published_at`,
    [forMs, staleMs],
  );
}

/** Asks for new events in the place of these, unless they were claimed or asked for anew since; the answer is how many. */
export async function renewLostEvents(sql: Sql, lost: readonly PublishedExecution[]): Promise<number> {
  const renewed = await sql.run(
    askAnew(`e.status = 'queued' and e.published_at is not null and (e.id, e.generation) in (
      select gone.id, gone.generation from unnest($1::text[], $2::int[]) as gone (id, generation))`),
    [lost.map(({ id }) => id), lost.map(({ generation }) => generation)],
  );
  if (renewed > 0) await ringOutbox(sql);
  return renewed;
}

/** Lets executions be chosen whose time has come; the answer is how many. */
export async function markDue(sql: Sql): Promise<number> {
  return sql.run("update outbox set is_due = true where not is_due and not_before <= clock_timestamp()");
}

/** Milliseconds until the next execution's time comes, or undefined when none waits for one. */
export async function msUntilDue(sql: Sql): Promise<number | undefined> {
  const row = await sql.row(
    z.object({ ms: z.number().nullable() }),
    `select extract(epoch from min(not_before) - clock_timestamp())::float8 * 1000 as ms from outbox where not is_due`,
  );
  return row?.ms ?? undefined;
}
