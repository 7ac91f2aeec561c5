import { expect, test } from "vitest";
import { showDuration, showSeconds } from "../../../packages/protocol/src/text/show-duration.ts";

test.each([
  [0, "0 ms"],
  [12.4, "12 ms"],
  [840, "840 ms"],
  [999.4, "999 ms"],
  [1_000, "1.0 s"],
  [1_250, "1.2 s"],
  [12_440, "12.4 s"],
  [60_000, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [185_000, "3 min 5 s"],
  [7_800_000, "2 h 10 min"],
  [86_400_000, "24 h 0 min"],
])("showDuration() shows %s ms as %s, in two units at most", (ms, shown) => {
  expect(showDuration(ms)).toBe(shown);
});

test.each([
  [999.6, "1.0 s"],
  [59_960, "59.9 s"],
  [119_700, "1 min 59 s"],
  [3 * 3_600_000, "3 h 0 min"],
])("showDuration() never shows a full unit as 60 or 1000 of the next: %s ms is %s", (ms, shown) => {
  expect(showDuration(ms)).toBe(shown);
});

test.each([-1, Number.NaN, Infinity, -Infinity])("showDuration() calls %s unknown", (ms) => {
  expect(showDuration(ms)).toBe("unknown");
});

test.each([
  [1_500, "1.5 s"],
  [1_250, "1.25 s"],
  [50, "0.05 s"],
  [1, "0.001 s"],
  [37.5, "0.038 s"],
  [86_400_000, "86400 s"],
])("showSeconds() shows %s ms as %s, to the millisecond", (ms, shown) => {
  expect(showSeconds(ms)).toBe(shown);
});
