import { describe, expect, test } from "vitest";
import { watchClock } from "../../../packages/platform/src/sweep/watch-clock.ts";

/** A watched clock and a steady one, moved by hand; each look takes `answerMs`. */
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
  test("watchClock() sees no leap in a first look, and none in a slow answer", async () => {
    const { now, look } = clocks(30_000);
    expect(await look()).toBe(0);
    now.watched += 2_000;
    now.steady += 2_000;
    expect(await look()).toBe(0);
  });

  test("watchClock() tells by how much the clock went too far, once", async () => {
    const { now, look } = clocks(0);
    await look();
    now.watched += 92_000;
    now.steady += 2_000;
    expect(await look()).toBe(90_000);
    expect(await look()).toBe(0);
  });

  test("watchClock() takes a clock that was set back for none that leapt", async () => {
    const { now, look } = clocks(0);
    await look();
    now.watched -= 90_000;
    expect(await look()).toBe(0);
  });
});
