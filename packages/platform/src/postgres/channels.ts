import type { Sql } from "@sealrun/postgres";

// A notification joins two files that do not import each other: both name the channel from here.

/** Rings when there may be something to publish: a new row, a due time, room in a pool. Heard in `dispatch/dispatcher.ts`. */
export const outboxChannel = "sealrun_outbox";

/** Rings when a schedule may be due earlier than was known. Heard in `schedules/run-due.ts`. */
export const schedulesChannel = "sealrun_schedules";

/** Tells the id of an execution whose feed has more lines. Heard in `live/feed-notices.ts`. */
export const feedChannel = "sealrun_execution";

/** Lets every dispatcher look at the outbox when the transaction commits. */
export async function ringOutbox(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [outboxChannel]);
}

/** Lets every platform look again when the next schedule is due, once the transaction commits. */
export async function ringSchedules(sql: Sql): Promise<void> {
  await sql.run("select pg_notify($1, '')", [schedulesChannel]);
}
