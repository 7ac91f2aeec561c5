import type { Sql } from "@sealrun/postgres";

// A notification connects two files that do not import each other: both take the channel from here.

/**
 * Notified when there may be something to publish. The payload says what happened: `poolPayload`, `roomMade`, or
 * nothing, and then the whole outbox is looked at. Heard in `dispatch/dispatcher.ts`.
 */
export const outboxChannel = "sealrun_outbox";

/** An execution that used capacity has ended. Sent by the trigger `executions_make_room`. */
export const roomMade = "room";

const poolPrefix = "pool:";

/** The payload for a new execution that is due, as SQL; `pool` is an expression for its pool's name in lower case. */
export const poolPayload = (pool: string): string => `'${poolPrefix}' || ${pool}`;

/** The pool that a payload names, or undefined. */
export function poolOf(payload: string): string | undefined {
  return payload.startsWith(poolPrefix) ? payload.slice(poolPrefix.length) : undefined;
}

/** Notified when a schedule may be due earlier than known. Heard in `schedules/run-due.ts`. */
export const schedulesChannel = "sealrun_schedules";

/** Carries the name of a table whose rows are kept in memory. Sent by triggers, heard in `cache/kept.ts`. */
export const keptChannel = "sealrun_kept";

/** Carries the id of an execution whose feed has new entries, as `feedPayload` writes it. Heard in `live/feed-notices.ts`. */
export const feedChannel = "sealrun_execution";

const linesMark = " lines";

/** The payload for new entries, as SQL. What has only lines is marked: no list shows them. */
export const feedPayload = (id: string, isLines: string): string =>
  `case when ${isLines} then ${id} || '${linesMark}' else ${id} end`;

/** The execution that a payload names, and whether its feed has got only lines. */
export function readFeedPayload(payload: string): { readonly id: string; readonly isLines: boolean } {
  const isLines = payload.endsWith(linesMark);
  return { id: isLines ? payload.slice(0, -linesMark.length) : payload, isLines };
}

/** Rung, in this process only, when an attempt has ended: its grant is over. Heard in `sweep/sweep.ts`. */
export const attemptsBell = "attempts";

/** Notified when a limit of retention has changed. Heard in `retention/delete-old.ts`. */
export const retentionChannel = "sealrun_retention";

/** Makes every platform look for what is older than its limits when the transaction commits. */
export async function ringRetention(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [retentionChannel]);
}

/** Makes every dispatcher read the outbox when the transaction commits. */
export async function ringOutbox(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [outboxChannel]);
}

/** Makes every platform read the next due time again when the transaction commits. */
export async function ringSchedules(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [schedulesChannel]);
}
