import type { Sql } from "@sealrun/postgres";
import type { Manifest, PackageId } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester } from "../deps.ts";
import type { CronRule } from "./cron-times.ts";
import { ruleOf } from "./check-schedule.ts";
import { firstDue } from "./due-times.ts";
import { refreshSchedule } from "./refresh.ts";
import {
  type PackageSchedule,
  insertSchedule,
  lockSchedules,
  setNextDue,
  newScheduleId,
  readClock,
  updateSchedule,
} from "./store.ts";

/** The parts of a push that concern schedules. */
export interface PushedManifest {
  readonly packageId: PackageId;
  readonly manifest: Manifest | undefined;
  readonly requester: Requester;
}

/**
 * Makes the manifest's schedule the package's, in the transaction of its push: a new one, a changed one, or none. A
 * package that is not active pauses all its schedules; due times during a pause are not run later. What a person paused
 * stays paused. The caller has locked the package.
 */
export async function applySchedule(sql: Sql, pushed: PushedManifest): Promise<void> {
  const { packageId, manifest } = pushed;
  const isActive = manifest?.active !== false;
  const now = await readClock(sql);
  await applyOwn(sql, pushed, { isActive, now });
  for (const schedule of await lockSchedules(sql, packageId, "script")) {
    await refreshSchedule(sql, pushed, { schedule, isOn: isActive, now });
  }
}

async function applyOwn(
  sql: Sql,
  { packageId, manifest, requester }: PushedManifest,
  { isActive, now }: { readonly isActive: boolean; readonly now: Date },
): Promise<void> {
  const wanted = manifest?.schedule;
  const [known] = await lockSchedules(sql, packageId, "manifest");
  if (wanted === undefined) {
    if (known === undefined) return;
    await setNextDue(sql, known.id, undefined);
    await recordAudit(sql, { requester, action: "schedule.end", object: packageId, detail: { schedule: known.id } });
    return;
  }
  const rule = ruleOf(wanted);
  const { missed } = wanted;
  const mayRun = isActive && (known?.pausedAt ?? null) === null;
  if (known !== undefined && mayRun && !known.isPaused && isSame(known, rule, missed)) return;
  const nextAt = mayRun ? firstDue(rule, now) : undefined;
  const id = known?.id ?? newScheduleId();
  if (known === undefined) {
    const { name: author } = requester;
    const fixed = { onceAt: undefined, sealed: null, sealedNames: [] };
    await insertSchedule(sql, { id, packageId, kind: "manifest", rule, missed, nextAt, author, ...fixed });
  } else {
    await updateSchedule(sql, id, { rule, missed, nextAt });
  }
  const detail = { schedule: id, ...rule, missed, nextAt: nextAt?.toISOString() ?? null };
  await recordAudit(sql, { requester, action: "schedule.set", object: packageId, detail });
}

function isSame(known: PackageSchedule, rule: CronRule, missed: PackageSchedule["missed"]): boolean {
  return known.missed === missed && known.rule?.cron === rule.cron && known.rule.timezone === rule.timezone;
}
