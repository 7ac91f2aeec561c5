import type { Database } from "@sealrun/postgres";
import { type ScheduleId, SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { lockPackage } from "../packages/store.ts";
import { findSchedule, setNextDue } from "./store.ts";

/**
 * Ends a schedule that a script asked for. `NOT_FOUND` for one that is not there any more; `BAD_REQUEST` for the
 * manifest's own, which the next push would bring back.
 */
export async function endSchedule(database: Database, requester: Requester, id: ScheduleId): Promise<void> {
  await database.transaction(async (sql) => {
    const found = await findSchedule(sql, id);
    if (found === undefined || found.ended) {
      throw new SealrunError("NOT_FOUND", `There is no schedule ${id} any more; list them to see those there are`);
    }
    if (found.kind === "manifest") {
      throw new SealrunError(
        "BAD_REQUEST",
        'This schedule is the manifest\'s own; take it out of manifest.json and push, or say "active": false there',
      );
    }
    // As a push does: the package first, so that the two cannot wait for each other.
    await lockPackage(sql, found.packageId);
    await setNextDue(sql, id, undefined);
    await recordAudit(sql, { requester, action: "schedule.end", object: found.packageId, detail: { schedule: id } });
  });
}
