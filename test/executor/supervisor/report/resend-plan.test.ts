import { describe, expect, it } from "vitest";
import { createResendPlan } from "../../../../executor/src/supervisor/report/resend-plan.ts";

const from = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("createResendPlan()", () => {
  it("only waits while missing chunks arrive", () => {
    const plan = createResendPlan();
    for (let came = 0; came < 50; came += 1) {
      expect(plan.next(from(came + 1, 100), came * 60_000)).toEqual({ again: [], waitMs: 2_000 });
    }
  });

  it("sends the lowest few again when none arrived for 2 s, with pauses that grow to 30 s", () => {
    const plan = createResendPlan();
    const missing = from(5, 100);
    const sent: { readonly at: number; readonly again: readonly number[] }[] = [];
    let now = 0;
    while (now < 120_000) {
      const { again, waitMs } = plan.next(missing, now);
      if (again.length > 0) sent.push({ at: now, again });
      now += waitMs;
    }
    expect(sent.map(({ at }) => at)).toEqual([2_000, 6_000, 14_000, 30_000, 60_000, 90_000]);
    expect(new Set(sent.map(({ again }) => again.join()))).toEqual(new Set([from(5, 12).join()]));
  });

  it("sends more at a time once those have arrived", () => {
    const plan = createResendPlan();
    let missing = from(1, 500);
    let now = 0;
    const counts: number[] = [];
    while (missing.length > 0) {
      const { again, waitMs } = plan.next(missing, now);
      if (again.length > 0) counts.push(again.length);
      missing = missing.filter((sequence) => !again.includes(sequence));
      now += waitMs;
    }
    expect(counts.slice(0, 5)).toEqual([8, 16, 32, 64, 64]);
    expect(now).toBeLessThanOrEqual(60_000);
  });

  it("does not send again what was not missing the last time: it was sent a moment ago", () => {
    const plan = createResendPlan();
    plan.next([], 0);
    expect(plan.next([7], 60_000).again).toEqual([]);
    expect(plan.next([7, 8], 62_000).again).toEqual([7]);
  });
});
