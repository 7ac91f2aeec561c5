import { expect, test } from "vitest";
import { roundStep, showRoundTime } from "../../../../packages/web/src/parts/time/round-times.ts";

test("roundStep() gives the smallest round time that needs no more steps", () => {
  expect(roundStep(9, 5)).toBe(2);
  expect(roundStep(61_000, 5)).toBe(15_000);
  expect(roundStep(30 * 86_400_000, 5)).toBe(6 * 86_400_000);
});

test("showRoundTime() has no tenths", () => {
  expect([0, 500, 2_000, 120_000, 7_200_000].map(showRoundTime)).toEqual(["0", "500 ms", "2 s", "2 min", "2 h"]);
});
