import { z } from "zod";
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
  /** True while the manifest says `"active": false`. */
  isPaused: z.boolean(),
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
