import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeSteps, type PlacedStep } from "../../../../../packages/web/src/pages/execution/steps/step-bars.ts";

const at = (ms: number): string => new Date(ms).toISOString();

describe("placeSteps()", () => {
  test("placeSteps() puts steps where they ran, with what came before the first", () => {
    const steps: readonly PlacedStep[] = [
      { status: "succeeded", startedAt: at(2_000), durationMs: 3_000 },
      { status: "failed", startedAt: at(5_000), durationMs: 5_000 },
      { status: "skipped", startedAt: null, durationMs: 0 },
    ];
    const { totalMs, bars } = placeSteps(steps, { fromMs: 0, toMs: 10_000 });
    expect(totalMs).toBe(10_000);
    expect(bars).toEqual([
      { from: 0.2, length: 0.3, durationMs: 3_000 },
      { from: 0.5, length: 0.5, durationMs: 5_000 },
      undefined,
    ]);
  });

  test("placeSteps() lets a running step grow, and lines up steps without a recorded start", () => {
    const steps: readonly PlacedStep[] = [
      { status: "succeeded", startedAt: null, durationMs: 1_000 },
      { status: "running", startedAt: null, durationMs: null },
    ];
    const { bars } = placeSteps(steps, { fromMs: 0, toMs: 4_000 });
    expect(bars).toEqual([
      { from: 0, length: 0.25, durationMs: 1_000 },
      { from: 0.25, length: 0.75, durationMs: 3_000 },
    ]);
  });

  test("placeSteps() stays within the axis, with at most five marks, whatever the clocks say", () => {
    const step = fc.record({
      status: fc.constantFrom("running" as const, "succeeded" as const, "failed" as const),
      startedAt: fc.option(fc.integer({ min: -1e9, max: 1e9 }).map(at)),
      durationMs: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
    });
    fc.assert(
      fc.property(
        fc.array(step),
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 0, max: 1e9 }),
        (steps, fromMs, ms) => {
          const { bars, marksMs, totalMs } = placeSteps(steps, { fromMs, toMs: fromMs + ms });
          for (const bar of bars) {
            expect(bar?.from).toBeGreaterThanOrEqual(0);
            expect((bar?.from ?? 0) + (bar?.length ?? 0)).toBeLessThanOrEqual(1.000_001);
          }
          expect(marksMs.length).toBeLessThanOrEqual(5);
          for (const mark of marksMs) expect(mark).toBeLessThan(totalMs);
        },
      ),
    );
  });
});
