import { expect, test } from "vitest";
import { countTicks, durationTicks } from "../../../../../packages/web/src/pages/executions/charts/axis-ticks.ts";

test("countTicks() gives round numbers, equally far apart, up to the largest", () => {
  expect(countTicks(0)).toEqual([0, 1]);
  expect(countTicks(1)).toEqual([0, 1]);
  expect(countTicks(7)).toEqual([0, 2, 4, 6, 8]);
  expect(countTicks(43)).toEqual([0, 20, 40, 60]);
  expect(countTicks(1_030)).toEqual([0, 500, 1_000, 1_500]);
  expect(countTicks(2_900)).toEqual([0, 1_000, 2_000, 3_000]);
});

test("countTicks() never gives more than five, and covers the largest, whatever it is", () => {
  for (let max = 0; max < 5_000; max += 7) {
    const ticks = countTicks(max);
    expect(ticks.length).toBeLessThanOrEqual(5);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
  }
});

test("durationTicks() gives round times", () => {
  expect(durationTicks(0)).toEqual([0, 1]);
  expect(durationTicks(170)).toEqual([0, 50, 100, 150, 200]);
  expect(durationTicks(3_200)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  expect(durationTicks(100_000)).toEqual([0, 30_000, 60_000, 90_000, 120_000]);
});
