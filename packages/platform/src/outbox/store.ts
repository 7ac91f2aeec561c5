import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, limits, poolId } from "@sealrun/protocol";
import { z } from "zod";
import { ringOutbox } from "../postgres/channels.ts";

// `ringOutbox` wakes the dispatchers: `dispatch/dispatcher.ts`.

/** Adds the executions `source` to the outbox, as SQL. The caller notifies the dispatchers. */
export const addToOutboxFrom = (source: string): string => `
  insert into outbox (execution_id, pool, project_id, package_id, priority, number, not_before, is_due)
  select id, lower(pool_name), project_id, package_id, priority, number, not_before,
         coalesce(not_before <= clock_timestamp(), true)
  from ${source}`;

/**
 * Requests a new event for each of the executions `e`, as SQL; an earlier event no longer counts as published. They are
 * locked in the order of their ids, as claims of several lock them.
 */
const requestEvents = (which: string): string => `
  with chosen as (
    select e.id from executions e where ${which} order by e.id for update
  ), requested as (
    update executions e set published_at = null, published_seq = null, event_expires_at = null
    from chosen where e.id = chosen.id
    returning e.id, e.pool_name, e.project_id, e.package_id, e.priority, e.number, e.not_before
  )
  ${addToOutboxFrom("requested")} on conflict do nothing`;

/**
 * Requests a new event for a queued execution; every dispatcher is notified when the transaction commits. The caller
 * holds the execution's row.
 */
export async function addToOutbox(sql: Sql, id: ExecutionId): Promise<void> {
  await sql.run(requestEvents("e.id = $1"), [id]);
  await ringOutbox(sql);
}

/**
 * Delays an execution in the outbox, and keeps the reason, a sentence, which is shown while it waits. Until then it
 * uses no capacity. The caller holds the execution's row.
 */
export async function delayInOutbox(
  sql: Sql,
  id: ExecutionId,
  { forMs, refusal }: { readonly forMs: number; readonly refusal: string },
): Promise<void> {
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

/** Requests a new event for every queued execution whose event expired; returns how many. */
export async function renewExpiredEvents(sql: Sql): Promise<number> {
  return sql.run(requestEvents("e.status = 'queued' and e.event_expires_at < clock_timestamp()"));
}

/**
 * Requests a new event for every queued execution whose event was published: its stream is gone, or a hold began.
 */
export async function renewAllEvents(sql: Sql): Promise<number> {
  const renewed = await sql.run(requestEvents("e.status = 'queued' and e.published_at is not null"));
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
 * An execution whose event is published and not claimed; `seq` is the event's number in the stream. Stale: published
 * for longer than any executor keeps trying to claim an event.
 */
export type PublishedExecution = z.infer<typeof publishedRow>;

/** An executor tries to claim for two leases; redelivery of a message that it dropped takes at most one more. */
const staleMs = 4 * limits.leaseMs;

/** Executions whose event has been published and unclaimed for at least this long, the oldest first. */
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

/** Requests new events to replace these, except where one was claimed or requested again since; returns how many. */
export async function renewLostEvents(sql: Sql, lost: readonly PublishedExecution[]): Promise<number> {
  const renewed = await sql.run(
    requestEvents(`e.status = 'queued' and e.published_at is not null and (e.id, e.generation) in (
      select gone.id, gone.generation from unnest($1::text[], $2::int[]) as gone (id, generation))`),
    [lost.map(({ id }) => id), lost.map(({ generation }) => generation)],
  );
  if (renewed > 0) await ringOutbox(sql);
  return renewed;
}

/** Marks executions whose time has come as due, so that dispatchers can choose them; returns how many. */
export async function markDue(sql: Sql): Promise<number> {
  return sql.run("update outbox set is_due = true where not is_due and not_before <= clock_timestamp()");
}
