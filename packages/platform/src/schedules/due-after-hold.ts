import type { CronRule } from "./cron-times.ts";
import { type DueDecision, lastDue, type MissedPolicy, nextDue } from "./due-times.ts";

/**
 * After a hold: what to do about a due time during the hold; undefined for a later due time. All due times of the hold
 * were missed: they are skipped, or the last one is run once for all. One that may have run already, before the
 * database was restored from a backup, is never run.
 */
export function decideAfterHold(given: {
  readonly rule: CronRule | undefined;
  readonly missed: MissedPolicy;
  readonly dueAt: Date;
  readonly resumedAt: Date | null;
  readonly unknownUntil: Date | null;
}): DueDecision | undefined {
  const { rule, missed, dueAt, resumedAt, unknownUntil } = given;
  if (resumedAt === null || dueAt > resumedAt) return undefined;
  const last = rule === undefined ? dueAt : (lastDue(rule, resumedAt) ?? dueAt);
  const mayHaveRun = unknownUntil !== null && last < unknownUntil;
  return {
    run: missed === "skip" || mayHaveRun ? undefined : last,
    next: rule === undefined ? undefined : nextDue(rule, last),
  };
}
