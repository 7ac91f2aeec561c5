import { limits } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CheckedPeriod,
  decideDue,
  firstDue,
  nextDue,
} from "../../../packages/platform/src/schedules/due-times.ts";
import type { CronRule } from "../../../packages/platform/src/schedules/cron-times.ts";

const zurich = (cron: string): CronRule => ({ cron, timezone: "Europe/Zurich" });
const utc = (cron: string): CronRule => ({ cron, timezone: null });
const at = (text: string): Date => new Date(text);
const later = (time: Date, ms: number): Date => new Date(time.getTime() + ms);

/** The due times between two times, as text. */
function between(rule: CronRule, from: string, to: string): string[] {
  const found: string[] = [];
  for (let due = nextDue(rule, at(from)); due !== undefined && due < at(to); due = nextDue(rule, due)) {
    found.push(due.toISOString());
  }
  return found;
}

describe("nextDue()", () => {
  it("runs a time that does not exist when the clocks go forward at the end of the gap", () => {
    expect(between(zurich("30 2 * * *"), "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z")).toEqual([
      "2026-03-28T01:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  it("runs a time that exists twice when the clocks go back once, the first time", () => {
    expect(between(zurich("30 2 * * *"), "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z")).toEqual([
      "2026-10-24T00:30:00.000Z",
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  it("runs every half hour through both changes", () => {
    const half = zurich("*/30 * * * *");
    expect(between(half, "2026-03-29T00:15:00Z", "2026-03-29T02:15:00Z")).toHaveLength(4);
    expect(between(half, "2026-10-24T23:45:00Z", "2026-10-25T02:15:00Z")).toHaveLength(5);
  });

  it("counts seconds in text of six fields, and none in text of five", () => {
    expect(between(utc("*/20 * * * * *"), "2026-01-01T00:00:00Z", "2026-01-01T00:01:01Z")).toHaveLength(3);
    expect(between(utc("* * * * *"), "2026-01-01T00:00:00Z", "2026-01-01T00:03:01Z")).toHaveLength(3);
  });
});

describe("firstDue()", () => {
  it.each([
    [utc("61 * * * *"), "minute"],
    [utc("0 0 30 2 *"), "never"],
    [utc("* * * *"), "5 or 6 fields"],
    [utc("* * * * * * 2027"), "5 or 6 fields"],
    [utc("@daily"), "5 or 6 fields"],
    [{ cron: "0 7 * * *", timezone: "Europe/Zuric" }, "time zone"],
  ])("says what is wrong with %j", (rule, part) => {
    expect(() => firstDue(rule, at("2026-01-01T00:00:00Z"))).toThrow(
      expect.objectContaining({ code: "BAD_REQUEST", message: expect.stringContaining(part) }),
    );
  });
});

describe("decideDue()", () => {
  const rule = utc("0 * * * *");
  const hour = (text: string): Date => at(`2026-01-01T${text}:00Z`);
  const period = (since: string, until: string): CheckedPeriod => ({ since: hour(since), until: hour(until) });
  const grace = limits.scheduleGraceMs;

  it.each<[what: string, checked: readonly CheckedPeriod[], run: string | undefined, next: string]>([
    ["no check before this one, which was a moment earlier", [], "07:00", "08:00"],
    ["a check within the grace", [period("07:01", "07:01")], "07:00", "08:00"],
    ["a check within the grace, dealt with much later", [period("07:01", "18:30")], "07:00", "08:00"],
    ["checks all the time, dealt with much later", [period("01:00", "18:30")], "07:00", "08:00"],
    ["a check at that moment, then an outage", [period("01:00", "07:00"), period("18:30", "18:30")], "07:00", "08:00"],
    ["no check until after the grace", [period("07:02", "07:02")], undefined, "08:00"],
    ["an outage of hours", [period("01:00", "06:59"), period("10:30", "10:30")], undefined, "11:00"],
    [
      "an outage that ended within the grace of another",
      [period("01:00", "06:59"), period("10:01", "10:01")],
      undefined,
      "10:00",
    ],
    ["two outages", [period("06:00", "06:30"), period("08:30", "08:31"), period("18:30", "18:30")], undefined, "09:00"],
    ["a later check than the periods tell", [period("06:00", "06:59")], "07:00", "08:00"],
  ])("forgets a due time only when no platform checked in the grace after it: %s", (_, checked, run, next) => {
    const decided = decideDue({ rule, missed: "skip", dueAt: hour("07:00"), checked });
    expect(decided).toEqual({ run: run === undefined ? undefined : hour(run), next: hour(next) });
  });

  it("runs the last of the missed due times of an outage when it is to make up for them", () => {
    const checked = [period("01:00", "06:59"), period("10:30", "10:30")];
    const decided = decideDue({ rule, missed: "run_once", dueAt: hour("07:00"), checked });
    expect(decided).toEqual({ run: hour("10:00"), next: hour("11:00") });
  });

  it("runs a single due time late, or not at all", () => {
    const single = { rule: undefined, dueAt: hour("07:00"), checked: [period("08:00", "08:00")] };
    expect(decideDue({ ...single, missed: "run_once" })).toEqual({ run: hour("07:00"), next: undefined });
    expect(decideDue({ ...single, missed: "skip" })).toEqual({ run: undefined, next: undefined });
  });

  it("runs a due time exactly when there was a check in the grace after it, however slow the platforms are", () => {
    const waits = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 20 });
    const policy = fc.constantFrom("skip" as const, "run_once" as const);
    const text = fc.constantFrom("*/7 * * * * *", "*/20 * * * * *", "* * * * *", "*/13 0 * * * *");
    fc.assert(
      fc.property(waits, policy, text, fc.integer({ min: 0, max: 5 }), (pauses, missed, cron, perCheck) => {
        const every = utc(cron);
        const start = at("2026-01-01T00:00:00Z");
        const checks: number[] = [];
        const ran: number[] = [];
        let due = firstDue(every, start);
        let checked: readonly CheckedPeriod[] = [];
        const work = (now: Date, most: number): void => {
          for (let done = 0; done < most && due <= now; done += 1) {
            const { run, next = now } = decideDue({ rule: every, missed, dueAt: due, checked });
            if (run !== undefined) ran.push(run.getTime());
            expect(next.getTime()).toBeGreaterThan(run?.getTime() ?? due.getTime());
            due = next;
          }
        };
        let now = start;
        for (const pause of pauses) {
          now = later(now, pause);
          checks.push(now.getTime());
          // As `noteCheck`: a check that finds nothing due leaves no trace.
          if (due <= now) checked = withCheck(checked, now);
          work(now, perCheck);
        }
        work(now, Infinity);
        expect(ran).toEqual([...new Set(ran)].toSorted((left, right) => left - right));
        const all = between(every, start.toISOString(), due.toISOString()).map((time) => at(time).getTime());
        const seen = all.filter((time) => checks.some((check) => check >= time && check <= time + grace));
        if (missed === "skip") expect(ran).toEqual(seen);
        else expect(ran).toEqual(expect.arrayContaining(seen));
      }),
      { numRuns: 200 },
    );
  });
});

/** The periods with one more check, as the database keeps them. */
function withCheck(checked: readonly CheckedPeriod[], now: Date): readonly CheckedPeriod[] {
  const last = checked.at(-1);
  if (last === undefined || later(last.until, limits.scheduleGraceMs) < now)
    return [...checked, { since: now, until: now }];
  return [...checked.slice(0, -1), { since: last.since, until: now }];
}
