import { deletedSchedule, type ScheduleInfo, scheduleList } from "@sealrun/protocol";
import { queryOf } from "../connection/query.ts";
import { type Ask, path } from "../connection/request.ts";

/** Schedules. */
export interface Schedules {
  /** Schedules that have not ended, the next due one first. */
  listSchedules(filter: {
    readonly project?: string | undefined;
    readonly package?: string | undefined;
  }): Promise<readonly ScheduleInfo[]>;
  /** Deletes a schedule that a script created. */
  deleteSchedule(id: string): Promise<void>;
}

/** The calls about schedules. */
export function createSchedules(ask: Ask): Schedules {
  return {
    listSchedules: async (filter) =>
      (await ask(scheduleList, { method: "GET", path: `/schedules${queryOf(filter)}` })).schedules,
    deleteSchedule: async (id) => {
      await ask(deletedSchedule, { method: "DELETE", path: path`/schedules/${id}` });
    },
  };
}
