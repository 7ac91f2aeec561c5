import { describe, expect, test } from "vitest";
import { nextTimes } from "../../../packages/platform/src/schedules/next-times.ts";

const at = (text: string): Date => new Date(text);
const shown = (times: readonly Date[]): readonly string[] => times.map((time) => time.toISOString().slice(0, 16));

describe("nextTimes()", () => {
  test("nextTimes() begins with the next due time", () => {
    const rule = { cron: "0 7 * * 1-5", timezone: null };
    expect(shown(nextTimes(rule, at("2027-01-29T07:00:00Z"), 3))).toEqual([
      "2027-01-29T07:00",
      "2027-02-01T07:00",
      "2027-02-02T07:00",
    ]);
  });

  test("nextTimes() keeps the hour of the zone when its clock is set", () => {
    const rule = { cron: "0 7 * * *", timezone: "Europe/Zurich" };
    expect(shown(nextTimes(rule, at("2027-03-27T06:00:00Z"), 2))).toEqual(["2027-03-27T06:00", "2027-03-28T05:00"]);
  });

  test("nextTimes() has one for a single due time, and none while paused", () => {
    expect(shown(nextTimes(undefined, at("2027-01-29T07:00:00Z"), 5))).toEqual(["2027-01-29T07:00"]);
    expect(nextTimes({ cron: "0 7 * * *", timezone: null }, undefined, 5)).toEqual([]);
  });
});
