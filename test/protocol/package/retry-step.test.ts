import { waitBeforeRetry } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const retry = { attempts: 4, delayMs: 100, factor: 3, maxDelayMs: 500 };

describe("waitBeforeRetry()", () => {
  it("waits longer each time, up to the maximum, and ends with the last try", () => {
    const waits = [1, 2, 3, 4, 5].map((tried) => waitBeforeRetry(retry, tried, "SCRIPT_FAILED"));
    expect(waits).toEqual([100, 300, 500, undefined, undefined]);
  });

  it("retries failures of the script, and none that ended its attempt", () => {
    expect(waitBeforeRetry(retry, 1, "SCRIPT_TIMED_OUT")).toBe(100);
    for (const code of ["CANCELLED", "CHANNEL_BROKEN", "LEASE_LOST", "SECRET_NOT_DECLARED", "SANDBOX_UNAVAILABLE"]) {
      expect(waitBeforeRetry(retry, 1, code)).toBeUndefined();
    }
    expect(waitBeforeRetry(undefined, 1, "SCRIPT_FAILED")).toBeUndefined();
  });

  it("never waits longer than the maximum, whatever the manifest says", () => {
    const any = fc.record({
      attempts: fc.integer({ min: 1, max: 1_000 }),
      delayMs: fc.double({ min: 0, max: 1e12, noNaN: true }),
      factor: fc.double({ min: 1, max: 1e6, noNaN: true }),
      maxDelayMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 1_000 }), (given, tried) => {
        const waitMs = waitBeforeRetry(given, tried, "SCRIPT_FAILED");
        if (tried >= given.attempts) expect(waitMs).toBeUndefined();
        else expect(waitMs).toBeLessThanOrEqual(given.maxDelayMs);
      }),
    );
  });
});
