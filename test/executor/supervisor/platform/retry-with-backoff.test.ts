import { SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { type Backoff, retryWithBackoff } from "../../../../executor/src/supervisor/platform/retry-with-backoff.ts";
import { rejectionOf } from "../../../support/refusal.ts";

const backoff: Backoff = { firstMs: 1, maxMs: 4, mayRetry: () => true, signal: new AbortController().signal };

/** A request that fails `failures` times before it answers; `askedAt` has when it was made. */
function failing(failures: number, error: () => unknown = () => new SealrunError("PLATFORM_UNREACHABLE", "")) {
  const askedAt: number[] = [];
  const ask = async (): Promise<string> => {
    askedAt.push(performance.now());
    if (askedAt.length <= failures) throw error();
    return "answer";
  };
  return { ask, askedAt };
}

describe("retryWithBackoff()", () => {
  test("retryWithBackoff() gives the first answer, and asks no more after it", async () => {
    const { ask, askedAt } = failing(0);
    expect(await retryWithBackoff(ask, backoff)).toBe("answer");
    expect(askedAt).toHaveLength(1);
  });

  test("retryWithBackoff() asks until there is an answer, also when that is undefined", async () => {
    const { ask, askedAt } = failing(5);
    expect(await retryWithBackoff(ask, backoff)).toBe("answer");
    expect(askedAt).toHaveLength(6);
    expect(await retryWithBackoff(async () => undefined, backoff)).toBeUndefined();
  });

  test("retryWithBackoff() doubles its pauses", async () => {
    const { ask, askedAt } = failing(4);
    await retryWithBackoff(ask, { ...backoff, firstMs: 10, maxMs: 10_000 });
    const pauses = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? at));
    // A timer may fire up to 1 ms early by this clock.
    for (const [index, leastMs] of [10, 20, 40, 80].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(leastMs - 1);
    }
  });

  test("retryWithBackoff() pauses no longer than the maximum", async () => {
    const { ask, askedAt } = failing(30);
    // Pauses that doubled without a maximum would take 12 days.
    await retryWithBackoff(ask, backoff);
    expect(askedAt).toHaveLength(31);
  });

  test("retryWithBackoff() throws the failure that a retry cannot help", async () => {
    const codes = ["PLATFORM_UNREACHABLE", "TIMED_OUT", "LEASE_LOST"] as const;
    const { ask, askedAt } = failing(9, () => new SealrunError(codes[askedAt.length - 1] ?? "INTERNAL", ""));
    const seen: string[] = [];
    const mayRetry = (failure: SealrunError): boolean => {
      seen.push(failure.code);
      return failure.code !== "LEASE_LOST";
    };
    expect(await rejectionOf(retryWithBackoff(ask, { ...backoff, mayRetry }))).toMatchObject({ code: "LEASE_LOST" });
    expect(seen).toEqual(codes);
  });

  test("retryWithBackoff() takes an error of another class for INTERNAL, with that error as its cause", async () => {
    const cause = new TypeError("broken");
    const { ask } = failing(1, () => cause);
    const mayRetry = ({ code }: SealrunError): boolean => code !== "INTERNAL";
    const failure = await rejectionOf(retryWithBackoff(ask, { ...backoff, mayRetry }));
    expect(failure).toMatchObject({ code: "INTERNAL", cause });
    expect(failure.message).not.toContain("broken");
  });

  test("retryWithBackoff() asks once when its signal has aborted", async () => {
    const aborted = { ...backoff, signal: AbortSignal.abort() };
    const { ask, askedAt } = failing(9);
    expect(await rejectionOf(retryWithBackoff(ask, aborted))).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
    expect(askedAt).toHaveLength(1);
    expect(await retryWithBackoff(failing(0).ask, aborted)).toBe("answer");
  });

  test("retryWithBackoff() ends a pause when its signal aborts, and throws the failure", async () => {
    const stop = new AbortController();
    const { ask } = failing(9);
    const asking = retryWithBackoff(ask, { ...backoff, firstMs: 600_000, maxMs: 600_000, signal: stop.signal });
    setTimeout(() => {
      stop.abort();
    }, 5);
    expect(await rejectionOf(asking)).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  });
});
