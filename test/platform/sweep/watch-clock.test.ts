import { describe, expect, test } from "vitest";
import { watchClock } from "../../../packages/platform/src/sweep/watch-clock.ts";

/** A watched clock and a monotonic one, set by the test; each call takes `answerMs`. */
function clocks(answerMs: number) {
  const now = { watched: 1_000_000, steady: 0 };
  const look = watchClock(
    async () => {
      now.watched += answerMs;
      now.steady += answerMs;
      return now.watched;
    },
    () => now.steady,
  );
  return { now, look };
}

describe("watchClock()", () => {
  test("watchClock() sees no jump in the first call, and none in a slow answer", async () => {
    const { now, look } = clocks(30_000);
    expect(await look()).toBe(0);
    now.watched += 2_000;
    now.steady += 2_000;
    expect(await look()).toBe(0);
  });

  test("watchClock() reports a jump once, with its size", async () => {
    const { now, look } = clocks(0);
    await look();
    now.watched += 92_000;
    now.steady += 2_000;
    expect(await look()).toBe(90_000);
    expect(await look()).toBe(0);
  });

  test("watchClock() reports no jump when the clock was set back", async () => {
    const { now, look } = clocks(0);
    await look();
    now.watched -= 90_000;
    expect(await look()).toBe(0);
  });
});
