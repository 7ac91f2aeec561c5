import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CronRule, readCron, timeAfter, timeBefore } from "../../../packages/platform/src/schedules/cron-times.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Zones and a day on which their clocks are set: by an hour at night, at midnight, by half an hour; or never. */
const changes = [
  ["Europe/Zurich", "2027-03-28"],
  ["Europe/Zurich", "2027-10-31"],
  ["America/New_York", "2027-03-14"],
  ["America/New_York", "2027-11-07"],
  ["Australia/Lord_Howe", "2027-10-03"],
  ["Australia/Lord_Howe", "2027-04-04"],
  ["America/Havana", "2027-03-14"],
  ["America/Havana", "2027-11-07"],
  ["Asia/Beirut", "2027-03-28"],
  ["Pacific/Chatham", "2027-09-26"],
  ["Pacific/Chatham", "2027-04-04"],
  ["America/St_Johns", "2027-03-14"],
  ["Asia/Kathmandu", "2027-03-28"],
] as const;

const between = (rule: CronRule, from: number, to: number): string[] => {
  const found: string[] = [];
  let due = timeAfter(rule, new Date(from - 1));
  for (; due !== undefined && due.getTime() <= to; due = timeAfter(rule, due)) found.push(due.toISOString());
  return found;
};

/** The due times of one day in Zurich. */
const on = (cron: string, day: string): string[] => {
  const date = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Zurich", dateStyle: "short" });
  const rule = { cron, timezone: "Europe/Zurich" };
  const near = between(rule, Date.parse(day) - dayMs / 8, Date.parse(day) + dayMs);
  return near.filter((time) => date.format(Date.parse(time)) === day);
};

describe("timeAfter()", () => {
  test.each([
    ["0,30 2 * * *", ["01:00"]],
    ["0,30 2 28 3 *", ["01:00"]],
    ["0-59 2 * * *", ["01:00"]],
    ["*/15 2 * * *", ["01:00"]],
    ["30 1,2,3 * * *", ["00:30", "01:00", "01:30"]],
    ["0 1-3 * * *", ["00:00", "01:00"]],
    ["15 */2 * * *", ["23:15", "01:00", "02:15"]],
  ])("timeAfter() runs what %s names in a gap once, at its end", (cron, times) => {
    const found = on(cron, "2027-03-28").map((text) => text.slice(11, 16));
    expect(found.slice(0, times.length)).toEqual(times);
    expect(new Set(found).size).toBe(found.length);
  });

  test.each([
    ["0,30 2 * * *", ["00:00", "00:30"]],
    ["0,30 2 31 10 *", ["00:00", "00:30"]],
    ["*/20 2 * * *", ["00:00", "00:20", "00:40"]],
    ["0 1-3 * * *", ["23:00", "00:00", "02:00"]],
    ["45 1,2 * * *", ["23:45", "00:45"]],
  ])("timeAfter() runs what %s names once when the clock shows it twice", (cron, times) => {
    expect(on(cron, "2027-10-31").map((text) => text.slice(11, 16))).toEqual(times);
  });

  test("timeAfter() keeps the rhythm of a rule for all hours", () => {
    expect(on("30 * * * *", "2027-03-28")).toHaveLength(23);
    expect(on("30 * * * *", "2027-10-31")).toHaveLength(25);
    expect(on("30 0-23 * * *", "2027-10-31")).toHaveLength(25);
    expect(on("*/20 * * * * *", "2027-10-31")).toHaveLength(25 * 180);
  });

  test("timeAfter() and timeBefore() agree with a clock that is read every minute", () => {
    fc.assert(
      fc.property(fc.constantFrom(...changes), minuteField, hourField, ([zone, day], minutes, hours) => {
        const rule = { cron: `${minutes} ${hours} * * *`, timezone: zone };
        const [from, to] = [Date.parse(day) - dayMs, Date.parse(day) + 1.5 * dayMs];
        const expected = readEveryMinute(rule, from, to);
        expect(between(rule, from, to), JSON.stringify(rule)).toEqual(expected);
        expect(backwards(rule, from, to), JSON.stringify(rule)).toEqual(expected.toReversed());
      }),
      { numRuns: 30 },
    );
  });
});

function backwards(rule: CronRule, from: number, to: number): string[] {
  const found: string[] = [];
  let due = timeBefore(rule, new Date(to + 1));
  for (; due !== undefined && due.getTime() >= from; due = timeBefore(rule, due)) found.push(due.toISOString());
  return found;
}

const value = (max: number) => fc.integer({ min: 0, max });
const field = (max: number, steps: readonly number[]) =>
  fc.oneof(
    value(max).map(String),
    fc.uniqueArray(value(max), { minLength: 2, maxLength: 4 }).map((list) => list.toSorted((a, b) => a - b).join(",")),
    fc.tuple(value(max), value(max)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.constantFrom(...steps).map((step) => `*/${step}`),
    fc.tuple(value(max), fc.constantFrom(...steps)).map(([first, step]) => `${first}-${max}/${step}`),
  );
const minuteField = field(59, [7, 10, 15, 30]);
/** Mostly hours near the changes. */
const hourField = fc.oneof(field(23, [2, 3, 5]), field(4, [2]), fc.constantFrom("*", "0-23", "2", "0", "1-2"));

/**
 * The plain model: looks at the clock each minute. A rule for all hours is due when it matches. Any other one is due at
 * the first minute that shows a time it names, and at the minute after a gap with such times.
 */
function readEveryMinute({ cron, timezone }: CronRule, from: number, to: number): string[] {
  const [minutes = "", hours = ""] = cron.split(" ");
  const allHours = Array.from({ length: 24 }, (_, hour) => hour).every((hour) => names(hours, hour));
  const matches = (wall: number): boolean =>
    names(minutes, new Date(wall).getUTCMinutes()) && names(hours, new Date(wall).getUTCHours());
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: timezone ?? "UTC",
    dateStyle: "short",
    timeStyle: "medium",
  });
  const show = (instant: number): number => Date.parse(`${format.format(instant).replace(" ", "T")}Z`);
  const shown = new Set<number>();
  const due: string[] = [];
  let last = show(from - dayMs - minuteMs);
  for (let instant = from - dayMs; instant <= to; instant += minuteMs) {
    const wall = show(instant);
    const skipped = Array.from(
      { length: Math.max(0, (wall - last) / minuteMs - 1) },
      (_, at) => last + (at + 1) * minuteMs,
    );
    const isDue = allHours ? matches(wall) : (matches(wall) && !shown.has(wall)) || skipped.some(matches);
    if (isDue && instant >= from) due.push(new Date(instant).toISOString());
    shown.add(wall);
    last = wall;
  }
  return due;
}

function names(text: string, wanted: number): boolean {
  return text.split(",").some((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [first = 0, last = first] = range === "*" ? [0, 59] : range.split("-").map(Number);
    return wanted >= first && wanted <= last && (wanted - first) % Number(step) === 0;
  });
}

describe("timeBefore()", () => {
  test("timeBefore() finds the last time before another, to the millisecond", () => {
    const rule = { cron: "0 7 * * *", timezone: "Europe/Zurich" };
    const due = Date.parse("2027-06-01T05:00:00Z");
    expect(timeBefore(rule, new Date(due + 1))?.getTime()).toBe(due);
    expect(timeBefore(rule, new Date(due))?.getTime()).toBe(due - dayMs);
  });
});

describe("readCron()", () => {
  test("readCron() throws for text that is no cron", () => {
    expect(() => readCron({ cron: "61 * * * *" })).toThrow(/minute/i);
  });
});
