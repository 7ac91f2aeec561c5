import type { Sql } from "@sealrun/postgres";
import type { PackageId } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import { firstDue } from "./due-times.ts";
import { areSchedulesOn, lockSchedules, type PackageSchedule, readClock, setNextDue, updateSchedule } from "./store.ts";

/** The package whose schedules may have to pause or continue, and the person or token behind that. */
export interface RefreshTarget {
  readonly packageId: PackageId;
  readonly requester: Requester;
}

/**
 * Pauses or continues the schedules of a package after a change of what keeps them from running: its archive, that of its
 * project, its manifest, or a person's pause. Due times during a pause are not run later; a single one that has passed
 * ends its schedule, which the audit says. The caller has locked the package.
 */
export async function refreshSchedules(sql: Sql, target: RefreshTarget): Promise<void> {
  const isOn = await areSchedulesOn(sql, target.packageId);
  const now = await readClock(sql);
  for (const kind of ["manifest", "script"] as const) {
    for (const schedule of await lockSchedules(sql, target.packageId, kind)) {
      await refreshSchedule(sql, target, { schedule, isOn, now });
    }
  }
}

/** The same for one schedule, which the caller has locked; `isOn` is false while no schedule of the package runs. */
export async function refreshSchedule(
  sql: Sql,
  { packageId, requester }: RefreshTarget,
  { schedule, isOn, now }: { readonly schedule: PackageSchedule; readonly isOn: boolean; readonly now: Date },
): Promise<void> {
  const mayRun = isOn && schedule.pausedAt === null;
  if (mayRun !== schedule.isPaused) return;
  if (!mayRun) return updateSchedule(sql, schedule.id, { ...schedule, nextAt: undefined });
  const nextAt = schedule.rule === undefined ? laterThan(now, schedule.onceAt) : firstDue(schedule.rule, now);
  if (nextAt !== undefined) return updateSchedule(sql, schedule.id, { ...schedule, nextAt });
  await setNextDue(sql, schedule.id, undefined);
  const detail = { schedule: schedule.id, dueAt: schedule.onceAt?.toISOString() ?? null };
  await recordAudit(sql, { requester, action: "schedule.missed", object: packageId, detail });
}

function laterThan(now: Date, onceAt: Date | null): Date | undefined {
  return onceAt !== null && onceAt > now ? onceAt : undefined;
}
