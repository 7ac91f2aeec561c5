import type { Database } from "@sealrun/postgres";
import type { ScheduleId } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { lockPackage } from "../packages/store.ts";
import { findOpen, setPaused } from "../schedules/open-store.ts";
import { refreshSchedules } from "../schedules/refresh.ts";

/**
 * Pauses a schedule, or ends that; what is so already is not recorded. Due times during a pause are not run later.
 * `NOT_FOUND` when the schedule has ended or never existed.
 */
export async function pauseSchedule(
  database: Database,
  requester: Requester,
  { id, isPaused }: { readonly id: ScheduleId; readonly isPaused: boolean },
): Promise<void> {
  await database.transaction(async (sql) => {
    const { packageId } = await findOpen(sql, id);
    // Lock the package first, as a push does, so that the two cannot deadlock.
    await lockPackage(sql, packageId);
    if (!(await setPaused(sql, id, isPaused))) return;
    const action = isPaused ? "schedule.pause" : "schedule.resume";
    await recordAudit(sql, { requester, action, object: packageId, detail: { schedule: id } });
    await refreshSchedules(sql, { packageId, requester });
  });
}
