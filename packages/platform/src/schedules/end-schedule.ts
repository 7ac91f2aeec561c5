import type { Database } from "@sealrun/postgres";
import { type ScheduleId, SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { lockPackage } from "../packages/store.ts";
import { scheduleNotFound } from "./open-store.ts";
import { findSchedule, setNextDue } from "./store.ts";

/**
 * Ends a schedule that a script made. `NOT_FOUND` when it has ended or never existed; `BAD_REQUEST` for the manifest's
 * schedule, which the next push would bring back.
 */
export async function endSchedule(database: Database, requester: Requester, id: ScheduleId): Promise<void> {
  await database.transaction(async (sql) => {
    const found = await findSchedule(sql, id);
    if (found === undefined || found.ended) {
      throw scheduleNotFound(id);
    }
    if (found.kind === "manifest") {
      throw new SealrunError(
        "BAD_REQUEST",
        "This schedule comes from manifest.json: remove it there and push, or pause it",
      );
    }
    // Lock the package first, as a push does, so that the two cannot deadlock.
    await lockPackage(sql, found.packageId);
    await setNextDue(sql, id, undefined);
    await recordAudit(sql, { requester, action: "schedule.end", object: found.packageId, detail: { schedule: id } });
  });
}
