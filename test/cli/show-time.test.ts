import { expect, test } from "vitest";
import { showDuration, showTime } from "../../packages/cli/src/show-time.ts";

test.each([
  [null, "-"],
  ["2026-11-21T03:37:12.123Z", "2026-11-21 03:37:12Z"],
  ["2026-11-21T03:37:12Z", "2026-11-21 03:37:12Z"],
])("showTime() shows %s as %s", (time, shown) => {
  expect(showTime(time)).toBe(shown);
});

test.each([
  [null, "-"],
  [12.4, "12 ms"],
  [1_250, "1.3 s"],
  [125_000, "2 min 5 s"],
])("showDuration() shows %s as %s", (ms, shown) => {
  expect(showDuration(ms)).toBe(shown);
});
