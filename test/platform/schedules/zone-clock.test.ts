import { describe, expect, test } from "vitest";
import { zoneClock } from "../../../packages/platform/src/schedules/zone-clock.ts";

const ms = (text: string): number => Date.parse(text);
const zurich = zoneClock("Europe/Zurich");
const lordHowe = zoneClock("Australia/Lord_Howe");

describe("zoneClock()", () => {
  test("zoneClock() shows what a clock of the zone shows", () => {
    expect(zurich.show(ms("2027-01-01T12:00:00.250Z"))).toBe(ms("2027-01-01T13:00:00.250Z"));
    expect(lordHowe.show(ms("2027-01-01T12:00:00Z"))).toBe(ms("2027-01-01T23:00:00Z"));
    expect(zoneClock("Asia/Kathmandu").show(ms("2027-01-01T12:00:00Z"))).toBe(ms("2027-01-01T17:45:00Z"));
  });

  test("zoneClock() finds a time once, twice when the clock was set back, never in a gap", () => {
    expect(zurich.instantsOf(ms("2027-03-28T03:00:00Z"))).toEqual([ms("2027-03-28T01:00:00Z")]);
    expect(zurich.instantsOf(ms("2027-03-28T02:30:00Z"))).toEqual([]);
    expect(zurich.instantsOf(ms("2027-10-31T02:30:00Z"))).toEqual([
      ms("2027-10-31T00:30:00Z"),
      ms("2027-10-31T01:30:00Z"),
    ]);
    expect(lordHowe.instantsOf(ms("2027-04-04T01:45:00Z"))).toHaveLength(2);
    expect(lordHowe.instantsOf(ms("2027-04-04T01:15:00Z"))).toHaveLength(1);
  });

  test("zoneClock() knows where a gap ends", () => {
    expect(zurich.endOfGap(ms("2027-03-28T02:30:00Z"))).toBe(ms("2027-03-28T01:00:00Z"));
    expect(lordHowe.endOfGap(ms("2027-10-03T02:15:00Z"))).toBe(ms("2027-10-02T15:30:00Z"));
    expect(zoneClock("Pacific/Apia").endOfGap(ms("2011-12-30T12:00:00Z"))).toBe(ms("2011-12-30T10:00:00Z"));
  });

  test("zoneClock() finds the moment at which the clock was set", () => {
    expect(zurich.setBetween(ms("2027-03-28T00:00:00Z"), ms("2027-03-28T03:00:00Z"))).toBe(ms("2027-03-28T01:00:00Z"));
    expect(zurich.setBetween(ms("2027-03-29T00:00:00Z"), ms("2027-03-29T03:00:00Z"))).toBe(undefined);
  });
});
