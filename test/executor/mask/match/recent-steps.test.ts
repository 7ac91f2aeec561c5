import { expect, test } from "vitest";
import { createRecentSteps, stepKey, stepSlot } from "../../../../executor/src/mask/match/recent-steps.ts";

test("stepSlot() has a place for each step, and no step is there at first", () => {
  const { keys, nexts } = createRecentSteps(64);
  const all = Array.from({ length: 256 }, (_, byte) => stepKey(8_000_000, byte));
  expect(new Set(all).size).toBe(256);
  const slots = all.map((key) => stepSlot(key, 64));
  expect(slots.every((slot) => slot >= 0 && slot < nexts.length)).toBe(true);
  expect(new Set(slots).size).toBeGreaterThan(32);
  expect(all.some((key) => keys[stepSlot(key, 64)] === key)).toBe(false);
});
