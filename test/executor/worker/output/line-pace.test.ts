import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLinePace } from "../../../../executor/src/worker/output/line-pace.ts";

/** When each line may be passed on, if every one comes as soon as the line before it was passed on, at `atMs` at the earliest. */
function passes(pace: ReturnType<typeof createLinePace>, arrivals: readonly number[]): readonly number[] {
  const passed: number[] = [];
  for (const at of arrivals) {
    const now = Math.max(at, passed.at(-1) ?? 0);
    passed.push(now + pace.take(now));
  }
  return passed;
}

describe("createLinePace()", () => {
  test("createLinePace() lets a burst pass at once, and then so many a second", () => {
    const passed = passes(
      createLinePace(100, 500),
      Array.from({ length: 1_000 }, () => 0),
    );
    expect(passed[499]).toBe(0);
    expect(passed[999]).toBeGreaterThan(4_950);
    expect(passed[999]).toBeLessThanOrEqual(5_000);
  });

  test("createLinePace() never slows what comes at the rate, and allows a burst again after a pause", () => {
    const steady = Array.from({ length: 5_000 }, (_, index) => index * 10);
    expect(passes(createLinePace(100, 1), steady)).toEqual(steady);
    const pace = createLinePace(100, 500);
    passes(
      pace,
      Array.from({ length: 500 }, () => 0),
    );
    const later = Array.from({ length: 500 }, () => 60_000);
    expect(passes(pace, later)).toEqual(later);
  });

  test("createLinePace() never lets more pass than burst and rate, whenever lines come", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5_000 }), { maxLength: 300 }), (arrivals) => {
        const passed = passes(
          createLinePace(50, 20),
          arrivals.toSorted((a, b) => a - b),
        );
        for (const [index, start] of passed.entries()) {
          const within = passed.slice(index).filter((at) => at <= start + 1_000).length;
          // A wait under 20 ms is left out, which is one line at this rate.
          expect(within).toBeLessThanOrEqual(20 + 50 + 2);
        }
      }),
    );
  });
});
