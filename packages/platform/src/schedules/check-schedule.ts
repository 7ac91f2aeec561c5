import { type Manifest, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { CronRule } from "./cron-times.ts";
import { firstDue } from "./due-times.ts";

/** Refuses a manifest whose schedule cannot be followed, before anything is stored: `MANIFEST_INVALID`. */
export function checkSchedule(manifest: Manifest | undefined): void {
  if (manifest?.schedule === undefined) return;
  try {
    firstDue(ruleOf(manifest.schedule), new Date());
  } catch (error) {
    throw new SealrunError("MANIFEST_INVALID", `manifest.json: schedule: ${toSealrunError(error).message}`, {
      cause: error,
    });
  }
}

/** The rule of a manifest's schedule. */
export function ruleOf({ cron, timezone }: NonNullable<Manifest["schedule"]>): CronRule {
  return { cron, timezone: timezone ?? null };
}
