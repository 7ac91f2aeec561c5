import { limits } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CronRule, decideDue, firstDue, nextDue } from "../../../packages/platform/src/schedules/due-times.ts";

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
  const dueAt = at("2026-01-01T07:00:00Z");
  const rule = utc("0 7 * * *");

  it("runs a due time that is a few seconds old, as a platform that takes over finds it", () => {
    const decided = decideDue({ rule, missed: "skip", dueAt, now: later(dueAt, 10_000) });
    expect(decided).toEqual({ run: dueAt, next: at("2026-01-02T07:00:00Z") });
  });

  it("forgets what was missed, or runs the last of it once", () => {
    const now = at("2026-01-04T12:00:00Z");
    expect(decideDue({ rule, missed: "skip", dueAt, now })).toEqual({
      run: undefined,
      next: at("2026-01-05T07:00:00Z"),
    });
    expect(decideDue({ rule, missed: "run_once", dueAt, now })).toEqual({
      run: at("2026-01-04T07:00:00Z"),
      next: at("2026-01-05T07:00:00Z"),
    });
  });

  it("runs a single due time late, or not at all", () => {
    const now = later(dueAt, 3_600_000);
    expect(decideDue({ rule: undefined, missed: "run_once", dueAt, now })).toEqual({ run: dueAt, next: undefined });
    expect(decideDue({ rule: undefined, missed: "skip", dueAt, now })).toEqual({ run: undefined, next: undefined });
  });

  it("never runs a due time twice, and runs all that are not missed, however late it is asked", () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 20 });
    const policy = fc.constantFrom("skip" as const, "run_once" as const);
    const text = fc.constantFrom("* * * * * *", "*/7 * * * * *", "* * * * *", "*/13 3 * * * *");
    fc.assert(
      fc.property(pauses, policy, text, (waits, missed, cron) => {
        const every = utc(cron);
        let now = at("2026-01-01T00:00:00Z");
        let due = firstDue(every, now);
        const ran: number[] = [];
        for (const wait of waits) {
          now = later(now, wait);
          while (due <= now) {
            const decided = decideDue({ rule: every, missed, dueAt: due, now });
            if (decided.run !== undefined) ran.push(decided.run.getTime());
            // A rule of this property always has a next time, and it is later than what was run.
            expect(decided.next?.getTime()).toBeGreaterThan(decided.run?.getTime() ?? due.getTime());
            due = decided.next ?? now;
          }
          const recent = ran.filter((time) => time >= now.getTime() - limits.scheduleGraceMs);
          const wanted = between(
            every,
            later(now, -Math.min(limits.scheduleGraceMs, wait)).toISOString(),
            later(now, 1).toISOString(),
          );
          expect(recent).toEqual(expect.arrayContaining(wanted.map((time) => at(time).getTime())));
        }
        expect(new Set(ran).size).toBe(ran.length);
        expect(ran).toEqual(ran.toSorted((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });
});
