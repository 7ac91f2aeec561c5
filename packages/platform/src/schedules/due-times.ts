import { limits, SealrunError } from "@sealrun/protocol";
import { Cron } from "croner";

/** Cron text of 5 or 6 fields, in a time zone; null is UTC. */
export interface CronRule {
  readonly cron: string;
  readonly timezone: string | null;
}

/** What becomes of due times that nobody was there for. */
export type MissedPolicy = "skip" | "run_once";

/** What to do about a due time that has come. */
export interface DueDecision {
  /** The due time to run for; undefined when it was missed and is to be forgotten. */
  readonly run: Date | undefined;
  /** The next due time; undefined when there is none any more. */
  readonly next: Date | undefined;
}

/**
 * The first due time after `now`. Throws `BAD_REQUEST`, naming what cannot be read: the cron text, the time zone, or
 * that no such time ever comes.
 */
export function firstDue(rule: CronRule, now: Date): Date {
  checkForm(rule);
  const first = nextDue(rule, now);
  if (first !== undefined) return first;
  throw new SealrunError("BAD_REQUEST", `expected a time that comes, "${rule.cron}" never does`);
}

/** The first due time after another, or undefined when none comes. */
export function nextDue(rule: CronRule, after: Date): Date | undefined {
  return cronOf(rule).nextRun(after) ?? undefined;
}

/**
 * Whether a due time that has come is run, and which one is next. One that is at most `limits.scheduleGraceMs` old is
 * run, each by itself; older ones were missed: forgotten, or the last of them is run for all. A single due time has no
 * rule.
 */
export function decideDue(given: {
  readonly rule: CronRule | undefined;
  readonly missed: MissedPolicy;
  readonly dueAt: Date;
  readonly now: Date;
}): DueDecision {
  const { rule, missed, dueAt, now } = given;
  const oldest = new Date(now.getTime() - limits.scheduleGraceMs);
  const isMissed = dueAt < oldest;
  if (rule === undefined) return { run: isMissed && missed === "skip" ? undefined : dueAt, next: undefined };
  if (!isMissed) return { run: dueAt, next: nextDue(rule, dueAt) };
  const [found = dueAt] = cronOf(rule).previousRuns(1, oldest);
  const lastMissed = found < dueAt ? dueAt : found;
  return { run: missed === "skip" ? undefined : lastMissed, next: nextDue(rule, lastMissed) };
}

/** The last due time up to another; undefined when none came before. */
export function lastDue(rule: CronRule, until: Date): Date | undefined {
  // The library's search leaves out the time that it starts from.
  return cronOf(rule).previousRuns(1, new Date(until.getTime() + 1))[0];
}

function checkForm(rule: CronRule): void {
  if (rule.timezone !== null && !isTimeZone(rule.timezone)) {
    throw new SealrunError("BAD_REQUEST", 'expected a time zone that is known here, such as "Europe/Zurich" or "UTC"');
  }
  if (!/^[0-9A-Za-z*/,\-?#]+(?: +[0-9A-Za-z*/,\-?#]+){4,5}$/.test(rule.cron)) {
    throw new SealrunError("BAD_REQUEST", 'expected cron text of 5 or 6 fields, such as "0 7 * * 1-5"');
  }
  try {
    cronOf(rule);
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

function cronOf({ cron, timezone }: CronRule): Cron {
  return new Cron(cron, { paused: true, timezone: timezone ?? "UTC" });
}
