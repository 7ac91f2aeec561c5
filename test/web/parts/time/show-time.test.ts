import { expect, test } from "vitest";
import { exactTime, showTime } from "../../../../packages/web/src/parts/time/show-time.ts";

/** A Monday. */
const now = Date.parse("2026-06-01T12:00:00Z");
const from = (ms: number): string => new Date(now + ms).toISOString();
const zone = "Europe/Zurich";

test("showTime() says how long ago a time of the last day was, and how far ahead one of the next day is", () => {
  expect(showTime(from(-3_000), now)).toBe("just now");
  expect(showTime(from(30_000), now)).toBe("in a moment");
  expect(showTime(from(-61_000), now)).toBe("1 minute ago");
  expect(showTime(from(-5 * 3_600_000), now)).toBe("5 hours ago");
  expect(showTime(from(2 * 3_600_000), now)).toBe("in 2 hours");
  expect(showTime(from(-86_399_000), now)).toBe("23 hours ago");
});

test("showTime() names the calendar day in the reader's zone beyond a day", () => {
  const sees = (at: string, seenAt: string): string => showTime(at, Date.parse(seenAt), zone);
  expect(sees("2026-11-30T06:00:00Z", "2026-11-28T12:00:00Z")).toBe("Monday 07:00");
  expect(sees("2026-11-29T22:00:00Z", "2026-11-28T12:00:00Z")).toBe("tomorrow 23:00");
  expect(sees("2026-11-29T23:30:00Z", "2026-11-28T12:00:00Z")).toBe("Monday 00:30");
  expect(sees("2026-11-27T06:15:00Z", "2026-11-28T12:00:00Z")).toBe("yesterday 07:15");
  expect(sees("2026-11-26T22:59:00Z", "2026-11-28T12:00:00Z")).toBe("26 Nov, 23:59");
  expect(sees("2026-12-05T06:00:00Z", "2026-11-28T12:00:00Z")).toBe("5 Dec, 07:00");
  expect(sees("2025-11-28T12:00:00Z", "2026-11-28T12:00:00Z")).toBe("28 Nov 2025, 13:00");
});

test("showTime() counts calendar days across a change of the clock", () => {
  expect(showTime("2026-10-26T00:30:00+01:00", Date.parse("2026-10-24T23:30:00+02:00"), zone)).toBe("Monday 00:30");
});

test("exactTime() names the day, the second and the zone", () => {
  expect(exactTime("2026-06-01T12:00:05Z")).toMatch(/^1 Jun 2026,? .*:\d\d:05 \S+/);
});
