import { z } from "zod";
import { fields } from "../text/document.ts";
import { executionStatus } from "../wire/execution.ts";
import { executionId, scheduleId } from "../names.ts";

/** A schedule of one package, from its manifest or from a script. Times are ISO 8601. */
export const scheduleInfo = z.object({
  id: scheduleId,
  project: z.string(),
  package: z.string(),
  kind: z.enum(["manifest", "script"]),
  /** Null for a single due time. */
  cron: z.string().nullable(),
  /** Null for UTC. */
  timezone: z.string().nullable(),
  missed: z.enum(["skip", "run_once"]),
  /** Null while it is paused. */
  nextAt: z.string().nullable(),
  /** True while a person has paused it, the manifest says `"active": false`, or its package is archived. */
  isPaused: z.boolean(),
  /** When a person paused it; null while none has, absent from an earlier platform. */
  pausedAt: z.string().nullish(),
  /** Names of the parameters that its runs get; values are sealed. */
  sealedNames: z.array(z.string()),
  createdAt: z.string(),
  createdBy: z.string(),
  /** The newest due time that started an execution. */
  last: z.object({ dueAt: z.string(), execution: executionId, status: executionStatus }).nullable(),
});
export type ScheduleInfo = z.infer<typeof scheduleInfo>;

/** `GET /api/v1/schedules?project=&package=`, the next due one first, without ended ones. */
export const scheduleList = z.object({ schedules: z.array(scheduleInfo) });
export type ScheduleList = z.infer<typeof scheduleList>;

/** `DELETE /api/v1/schedules/:schedule`: the schedule starts no further executions. */
export const deletedSchedule = z.object({ id: scheduleId });
export type DeletedSchedule = z.infer<typeof deletedSchedule>;

/** `GET /api/v1/schedules/:schedule`: also its next five due times, none while it is paused. */
export const scheduleDetail = scheduleInfo.extend({ nextTimes: z.array(z.string()) });
export type ScheduleDetail = z.infer<typeof scheduleDetail>;

/** `PATCH /api/v1/schedules/:schedule`: due times during a pause are not run later. */
export const changeSchedule = fields({ paused: z.boolean() });
export type ChangeSchedule = z.infer<typeof changeSchedule>;

/** Its answer: null for a single due time that passed during the pause, because its schedule has then ended. */
export const changedSchedule = z.object({ schedule: scheduleDetail.nullable() });
export type ChangedSchedule = z.infer<typeof changedSchedule>;
