import { expect, test } from "vitest";
import { exactTime, relativeTime } from "../../../../packages/web/src/parts/time/show-time.ts";

const now = Date.parse("2026-06-01T12:00:00Z");
const before = (ms: number): string => new Date(now - ms).toISOString();

test("relativeTime() says how long ago a time was, and how far ahead it is", () => {
  expect(relativeTime(before(3_000), now)).toBe("just now");
  expect(relativeTime(before(-30_000), now)).toBe("in a moment");
  expect(relativeTime(before(61_000), now)).toBe("1 minute ago");
  expect(relativeTime(before(5 * 3_600_000), now)).toBe("5 hours ago");
  expect(relativeTime(before(-2 * 3_600_000), now)).toBe("in 2 hours");
  expect(relativeTime(before(86_400_000), now)).toBe("yesterday");
});

test("exactTime() names the day, the second and the zone", () => {
  expect(exactTime("2026-06-01T12:00:05Z")).toMatch(/^1 Jun 2026,? .*:\d\d:05 \S+/);
});
