import { Cron } from "croner";
import { type ZoneClock, zoneClock } from "./zone-clock.ts";

/** Cron text of 5 or 6 fields, in a time zone; null is UTC. */
export interface CronRule {
  readonly cron: string;
  readonly timezone: string | null;
}

/** No clock is set by more than this. */
const maxSetMs = 3 * 3_600_000;
const second = 1_000;

/*
 * The library reads cron text and finds the wall times that it names, as if they were UTC; what the clock of the zone
 * makes of them is decided here. A rule for certain hours names wall times: each one runs once, the first time that the
 * clock shows it, or at the end of a gap. A rule for all hours names a rhythm: it runs whenever the clock shows one of
 * its times.
 */

/** The first due time after an instant, or undefined when none comes. */
export function timeAfter(rule: CronRule, after: Date): Date | undefined {
  const cron = readCron(rule);
  if (isUtc(rule)) return cron.nextRun(after) ?? undefined;
  const clock = zoneClock(rule.timezone ?? "UTC");
  const search = isForAllHours(rule.cron) ? rhythmAfter : wallTimeAfter;
  return dateOf(search({ clock, next: wallAfter(cron) }, after.getTime()));
}

/** The last due time before an instant, or undefined when none came. */
export function timeBefore(rule: CronRule, before: Date): Date | undefined {
  const cron = readCron(rule);
  if (isUtc(rule)) return cron.previousRuns(1, before)[0];
  const clock = zoneClock(rule.timezone ?? "UTC");
  const search = isForAllHours(rule.cron) ? rhythmBefore : wallTimeBefore;
  return dateOf(search({ clock, next: wallBefore(cron) }, before.getTime()));
}

/** Throws what the library says about cron text that it cannot read. */
export function readCron({ cron }: Pick<CronRule, "cron">): Cron {
  return new Cron(cron, { paused: true, timezone: "UTC" });
}

interface Search {
  readonly clock: ZoneClock;
  /** The nearest wall time of the rule, after a wall time or before it. */
  readonly next: (wall: number) => number | undefined;
}

function wallTimeAfter({ clock, next }: Search, after: number): number | undefined {
  for (let wall = next(clock.show(after)); wall !== undefined; wall = next(wall)) {
    const instant = runOf(clock, wall);
    if (instant > after) return instant;
  }
  return undefined;
}

function wallTimeBefore({ clock, next }: Search, before: number): number | undefined {
  // After the clock was set back it has already shown later times than now.
  const isSet = clock.setBetween(before - maxSetMs, before) !== undefined;
  for (let wall = next(clock.show(before) + (isSet ? maxSetMs : second)); wall !== undefined; wall = next(wall)) {
    const instant = runOf(clock, wall);
    if (instant < before) return instant;
  }
  return undefined;
}

function runOf(clock: ZoneClock, wall: number): number {
  return clock.instantsOf(wall)[0] ?? clock.endOfGap(wall);
}

function rhythmAfter(search: Search, after: number): number | undefined {
  const { clock, next } = search;
  const set = clock.setBetween(after, after + maxSetMs);
  for (let wall = next(clock.show(after)); wall !== undefined; wall = next(wall)) {
    const instant = clock.instantsOf(wall).find((candidate) => candidate > after);
    if (set !== undefined && (instant === undefined || instant >= set)) break;
    if (instant !== undefined) return instant;
  }
  if (set === undefined) return undefined;
  // From here on the clock shows other times, perhaps earlier ones: search again from what it was set to.
  const first = next(clock.show(set) - second);
  return first === clock.show(set) ? set : rhythmAfter(search, set);
}

function rhythmBefore(search: Search, before: number): number | undefined {
  const { clock, next } = search;
  const last = before - 1;
  const set = clock.setBetween(last - maxSetMs, last);
  for (let wall = next(clock.show(last) + 1); wall !== undefined; wall = next(wall)) {
    const instant = clock.instantsOf(wall).findLast((candidate) => candidate < before);
    if (set !== undefined && (instant === undefined || instant < set)) break;
    if (instant !== undefined) return instant;
  }
  return set === undefined ? undefined : rhythmBefore(search, set);
}

function wallAfter(cron: Cron): Search["next"] {
  return (wall) => cron.nextRun(new Date(wall))?.getTime();
}

/** The library's search leaves out the second that it starts from, and reads whole seconds. */
function wallBefore(cron: Cron): Search["next"] {
  return (wall) => cron.previousRuns(1, new Date(wall))[0]?.getTime();
}

/** True for an hour field that names all 24 hours, as `*` does. */
function isForAllHours(cron: string): boolean {
  const hours = cron.trim().split(/ +/).at(-4) ?? "";
  const named = new Set(hours.split(",").flatMap(hoursOf));
  return named.size === 24;
}

function hoursOf(part: string): readonly number[] {
  const [, from = "", to, step = "1"] = /^(\*|\?|\d{1,2})(?:-(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part) ?? [];
  if (from === "") return [];
  const isAll = from === "*" || from === "?";
  const first = isAll ? 0 : Number(from);
  const last = isAll ? 23 : Number(to ?? (part.includes("/") ? 23 : from));
  const every = Math.max(1, Number(step));
  return Array.from({ length: 24 }, (_, hour) => hour).filter(
    (hour) => hour >= first && hour <= last && (hour - first) % every === 0,
  );
}

function isUtc({ timezone }: CronRule): boolean {
  return timezone === null || timezone === "UTC";
}

function dateOf(instant: number | undefined): Date | undefined {
  return instant === undefined ? undefined : new Date(instant);
}
