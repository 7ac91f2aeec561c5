import type { Sql } from "@sealrun/postgres";

// A notification connects two files that do not import each other: both take the channel from here.

/**
 * Notified when there may be something to publish: a new row, a due time, a free slot. Heard in
 * `dispatch/dispatcher.ts`.
 */
export const outboxChannel = "sealrun_outbox";

/** Notified when a schedule may be due earlier than known. Heard in `schedules/run-due.ts`. */
export const schedulesChannel = "sealrun_schedules";

/** Carries the id of an execution whose feed has new entries. Heard in `live/feed-notices.ts`. */
export const feedChannel = "sealrun_execution";

/** Makes every dispatcher read the outbox when the transaction commits. */
export async function ringOutbox(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [outboxChannel]);
}

/** Makes every platform read the next due time again when the transaction commits. */
export async function ringSchedules(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [schedulesChannel]);
}
