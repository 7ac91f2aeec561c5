import { type CronRule, type DueDecision, lastDue, type MissedPolicy, nextDue } from "./due-times.ts";

/**
 * What to do about a due time that came while the platform was held, after the hold; undefined for one that came later.
 * All of them were missed: forgotten, or the last of them is run for all. One that may have run already, on the database
 * that this one was restored from, is never run.
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
