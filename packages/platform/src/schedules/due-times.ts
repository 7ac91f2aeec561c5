import { limits, SealrunError } from "@sealrun/protocol";
import { type CronRule, readCron, timeAfter, timeBefore } from "./cron-times.ts";

/** What to do about due times that no platform checked. */
export type MissedPolicy = "skip" | "run_once";

/**
 * A period in which platforms checked schedules, with no pause between two checks that is longer than
 * `limits.scheduleGraceMs`: from the first check to the last one that found something due.
 */
export interface CheckedPeriod {
  readonly since: Date;
  readonly until: Date;
}

/** What to do about a due time that has come. */
export interface DueDecision {
  /** The due time to run for; undefined when it was missed and is skipped. */
  readonly run: Date | undefined;
  /** The next due time; undefined when there is no further one. */
  readonly next: Date | undefined;
}

/**
 * The first due time after `now`. `BAD_REQUEST` names the fault: the cron text, the time zone, or that such a time
 * never comes.
 */
export function firstDue(rule: CronRule, now: Date): Date {
  checkForm(rule);
  const first = nextDue(rule, now);
  if (first !== undefined) return first;
  throw new SealrunError("BAD_REQUEST", `expected a time that comes, but "${rule.cron}" never does`);
}

/** The first due time after another, or undefined when none comes. */
export function nextDue(rule: CronRule, after: Date): Date | undefined {
  return timeAfter(rule, after);
}

/**
 * Whether to run a due time that has passed, and which one is next. It was missed when no platform checked schedules
 * within `limits.scheduleGraceMs` after it; how late it is handled does not count. `checked` has the periods, oldest
 * first, and the first one that did not end before the due time decides:
 *
 * - it began before the due time, or at most the grace after it: only this due time is run;
 * - it began later: the due time was missed, and so was every other one up to a grace before that beginning. All are
 *   skipped, or the last one is run once for all;
 * - there is none: this check is the first to find the due time, which is run.
 *
 * A single due time has no rule.
 */
export function decideDue(given: {
  readonly rule: CronRule | undefined;
  readonly missed: MissedPolicy;
  readonly dueAt: Date;
  readonly checked: readonly CheckedPeriod[];
}): DueDecision {
  const { rule, missed, dueAt, checked } = given;
  const period = checked.find(({ until }) => until >= dueAt);
  const oldest = new Date((period?.since ?? dueAt).getTime() - limits.scheduleGraceMs);
  const isMissed = dueAt < oldest;
  if (rule === undefined) return { run: isMissed && missed === "skip" ? undefined : dueAt, next: undefined };
  if (!isMissed) return { run: dueAt, next: nextDue(rule, dueAt) };
  const found = timeBefore(rule, oldest) ?? dueAt;
  const lastMissed = found < dueAt ? dueAt : found;
  return { run: missed === "skip" ? undefined : lastMissed, next: nextDue(rule, lastMissed) };
}

/** The last due time up to another; undefined when none came before. */
export function lastDue(rule: CronRule, until: Date): Date | undefined {
  return timeBefore(rule, new Date(until.getTime() + 1));
}

function checkForm(rule: CronRule): void {
  if (rule.timezone !== null && !isTimeZone(rule.timezone)) {
    throw new SealrunError("BAD_REQUEST", 'expected a known time zone, such as "Europe/Zurich" or "UTC"');
  }
  if (!/^[0-9A-Za-z*/,\-?#]+(?: +[0-9A-Za-z*/,\-?#]+){4,5}$/.test(rule.cron)) {
    throw new SealrunError("BAD_REQUEST", 'expected cron text of 5 or 6 fields, such as "0 7 * * 1-5"');
  }
  try {
    readCron(rule);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : "";
    throw new SealrunError(
      "BAD_REQUEST",
      `expected cron text of 5 or 6 fields, such as "0 7 * * 1-5"; found: ${reason.slice(0, 200)}`,
      { cause: error },
    );
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
