import { newId } from "@sealrun/crypto";
import {
  changedSchedule,
  type ChangeSchedule,
  deletedSchedule,
  scheduleDetail,
  type ScheduleDetail,
  type ScheduleInfo,
  scheduleList,
  startedExecution,
  type StartedExecution,
} from "@sealrun/protocol";
import { queryOf } from "../connection/query.ts";
import { askWithRetries } from "../connection/ask-with-retries.ts";
import { type Ask, path } from "../connection/request.ts";

/** Schedules. */
export interface Schedules {
  /** Schedules that have not ended, the next due one first. */
  listSchedules(filter: {
    readonly project?: string | undefined;
    readonly package?: string | undefined;
  }): Promise<readonly ScheduleInfo[]>;
  /** A schedule and its next five due times. */
  getSchedule(id: string): Promise<ScheduleDetail>;
  /** Due times during a pause are not run later. Null when its only due time passed during the pause: it has ended. */
  pauseSchedule(id: string, isPaused: boolean): Promise<ScheduleDetail | null>;
  /** Starts its package now with its parameters; sent again under the same key when no answer arrives. */
  runSchedule(id: string): Promise<StartedExecution>;
  /** Deletes a schedule that a script created. */
  deleteSchedule(id: string): Promise<void>;
}

/** The calls about schedules. */
export function createSchedules(ask: Ask): Schedules {
  return {
    listSchedules: async (filter) =>
      (await ask(scheduleList, { method: "GET", path: `/schedules${queryOf(filter)}` })).schedules,
    getSchedule: async (id) => ask(scheduleDetail, { method: "GET", path: path`/schedules/${id}` }),
    pauseSchedule: async (id, isPaused) => {
      const json = { paused: isPaused } satisfies ChangeSchedule;
      return (await ask(changedSchedule, { method: "PATCH", path: path`/schedules/${id}`, json })).schedule;
    },
    runSchedule: async (id) =>
      askWithRetries(ask, startedExecution, {
        method: "POST",
        path: path`/schedules/${id}/run`,
        headers: { "idempotency-key": newId("request") },
      }),
    deleteSchedule: async (id) => {
      await ask(deletedSchedule, { method: "DELETE", path: path`/schedules/${id}` });
    },
  };
}
