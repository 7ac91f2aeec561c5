import type { Sql } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { z } from "zod";
import type { CheckedPeriod } from "./due-times.ts";

const grace = `${limits.scheduleGraceMs} * interval '1 millisecond'`;

/**
 * Notes that a platform checks schedules now, by the database's clock. Called only when something is due, so an idle
 * installation writes nothing: an earlier due time would have been found. Several platforms may call it at once. When
 * the clock was set back, the period starts again from the new time.
 */
export async function noteCheck(sql: Sql): Promise<void> {
  const begun = await sql.run(
    `with extended as (
       update schedule_checked_periods p
       set since = least(p.since, clock.now),
           until = case when p.until > clock.now + ${grace} then clock.now else greatest(p.until, clock.now) end
       from (select clock_timestamp() as now) clock
       where p.since = (select max(since) from schedule_checked_periods) and p.until >= clock.now - ${grace}
       returning 1
     )
     insert into schedule_checked_periods (since, until)
     select now, now from (select clock_timestamp() as now) clock where not exists (select from extended)
     on conflict do nothing`,
  );
  if (begun > 0) await forgetDone(sql);
}

/** The periods of checks that open due times still depend on, oldest first. */
export async function readCheckedPeriods(sql: Sql): Promise<readonly CheckedPeriod[]> {
  return sql.rows(
    z.object({ since: z.date(), until: z.date() }),
    "select since, until from schedule_checked_periods order by since",
  );
}

/** Deletes the periods that ended before every open due time. */
async function forgetDone(sql: Sql): Promise<void> {
  await sql.run(
    `delete from schedule_checked_periods
     where until < (select min(next_at) from schedules where next_at is not null)
       and since < (select max(since) from schedule_checked_periods)`,
  );
}
