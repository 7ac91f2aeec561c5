import type { Sql } from "@sealrun/postgres";
import type { ScheduleDetail, ScheduleId } from "@sealrun/protocol";
import { listSchedules } from "./list-store.ts";
import { nextTimes } from "./next-times.ts";
import { scheduleNotFound } from "./open-store.ts";
import { ruleOf } from "./store.ts";

const maxTimes = 5;

/** A schedule with its next due times, or undefined when it has ended or never existed. */
export async function findShown(sql: Sql, id: ScheduleId): Promise<ScheduleDetail | undefined> {
  const [found] = await listSchedules(sql, { id, limit: 1 });
  if (found === undefined) return undefined;
  const nextAt = found.nextAt === null ? undefined : new Date(found.nextAt);
  return { ...found, nextTimes: nextTimes(ruleOf(found), nextAt, maxTimes).map((time) => time.toISOString()) };
}

/** The same; `NOT_FOUND` without it. */
export async function showSchedule(sql: Sql, id: ScheduleId): Promise<ScheduleDetail> {
  const found = await findShown(sql, id);
  if (found !== undefined) return found;
  throw scheduleNotFound(id);
}
