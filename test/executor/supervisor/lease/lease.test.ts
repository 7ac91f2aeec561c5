import { limits, SealrunError } from "@sealrun/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepLease } from "../../../../executor/src/supervisor/lease/lease.ts";
import { makeAttempt } from "../../../support/attempt-peer.ts";

const { ref } = makeAttempt().attempt;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("keepLease()", () => {
  it("keeps a lease that is renewed", async () => {
    let renewed = 0;
    const renew = async () => {
      renewed += 1;
      return { ok: true as const, leaseMs: limits.leaseMs };
    };
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(10 * limits.leaseMs);
    expect(lease.signal.aborted).toBe(false);
    expect(renewed).toBe((10 * limits.leaseMs) / limits.renewMs);
    lease.stop();
  });

  it("ends the run before a lease that could not be renewed expires", async () => {
    const renew = async () => {
      throw new SealrunError("PLATFORM_UNREACHABLE", "");
    };
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.leaseMs - limits.killGraceMs);
    expect(lease.signal.aborted).toBe(true);
  });

  it("counts the lease from when it was asked for", async () => {
    const askedAt = performance.now();
    await vi.advanceTimersByTimeAsync(limits.answerMs);
    const lease = keepLease({ renew: async () => new Promise(() => undefined) }, ref, limits.leaseMs, askedAt);
    await vi.advanceTimersByTimeAsync(limits.leaseMs - limits.answerMs - limits.killGraceMs);
    expect(lease.signal.aborted).toBe(true);
  });

  it("ends the run before the lease expires when a renewal is never answered", async () => {
    const lease = keepLease({ renew: async () => new Promise(() => undefined) }, ref, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.leaseMs - limits.killGraceMs);
    expect(lease.signal.aborted).toBe(true);
  });

  it("ends the run at once when the lease is lost", async () => {
    const renew = async () => {
      throw new SealrunError("LEASE_LOST", "");
    };
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.renewMs);
    expect(lease.signal.aborted).toBe(true);
  });

  it("outlives one failed renew", async () => {
    let tries = 0;
    const renew = async () => {
      tries += 1;
      if (tries === 1) throw new SealrunError("PLATFORM_UNREACHABLE", "");
      return { ok: true as const, leaseMs: limits.leaseMs };
    };
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(2 * limits.leaseMs);
    expect(lease.signal.aborted).toBe(false);
    lease.stop();
  });

  it("says why a run was ended: not renewed in time, or expired", async () => {
    const silent = keepLease({ renew: async () => new Promise(() => undefined) }, ref, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.leaseMs);
    expect(silent.signal.reason).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
    const taken = keepLease(
      {
        renew: async () => {
          throw new SealrunError("LEASE_LOST", "");
        },
      },
      ref,
      limits.leaseMs,
    );
    await vi.advanceTimersByTimeAsync(limits.renewMs);
    expect(taken.signal.reason).toMatchObject({ code: "LEASE_LOST" });
  });

  it("ends the run with LEASE_LOST when the process was suspended for longer than the lease", () => {
    const lease = keepLease({ renew: async () => new Promise(() => undefined) }, ref, limits.leaseMs);
    stopProcess(2 * limits.leaseMs);
    expect(lease.endRun()).toBe(false);
    expect(lease.signal.reason).toMatchObject({ code: "LEASE_LOST" });
  });

  it("renews at once when the wall clock jumped, and ends the run when no answer comes", async () => {
    const asked: number[] = [];
    const renew = async () => {
      asked.push(performance.now());
      return new Promise<never>(() => undefined);
    };
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    vi.setSystemTime(Date.now() + 2 * limits.leaseMs);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lease.signal.aborted).toBe(true);
  });

  it("goes on after a jump of the wall clock when the platform renews the lease", async () => {
    const renew = async () => ({ ok: true as const, leaseMs: limits.leaseMs });
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    vi.setSystemTime(Date.now() + 2 * limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.leaseMs);
    expect(lease.signal.aborted).toBe(false);
    lease.stop();
  });

  it("goes on with one renewal at a time after a jump of the wall clock during a renewal", async () => {
    const { lease, answers } = await jumpDuringRenewal();
    for (const answer of answers.splice(0)) answer();
    await vi.advanceTimersByTimeAsync(limits.renewMs);
    expect(answers).toHaveLength(1);
    lease.stop();
  });

  it("does not count the answer to a renewal from before a jump of the wall clock", async () => {
    const { lease, answers } = await jumpDuringRenewal();
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lease.signal.reason).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  });

  it("uses the monotonic clock after a jump of the wall clock that the platform does not have", async () => {
    const renew = async () => Promise.reject(new SealrunError("CLOCK_WRONG", ""));
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(limits.leaseMs - limits.killGraceMs - 7_000);
    expect(lease.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(lease.signal.reason).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  });

  it("gets a cancel with a renewal, and keeps the lease", async () => {
    const renew = async () => ({ ok: true as const, leaseMs: limits.leaseMs, cancel: true });
    const lease = keepLease({ renew }, ref, limits.leaseMs);
    expect(lease.cancelled.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(limits.renewMs);
    expect(lease.cancelled.aborted).toBe(true);
    expect(lease.signal.aborted).toBe(false);
    lease.stop();
  });

  it("counts the end of a run whose lease has not expired, and ends nothing after it", async () => {
    const lease = keepLease({ renew: async () => new Promise(() => undefined) }, ref, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.renewMs);
    expect(lease.endRun()).toBe(true);
    await vi.advanceTimersByTimeAsync(3 * limits.leaseMs);
    expect(lease.signal.aborted).toBe(false);
    lease.stop();
  });
});

/** A lease whose wall clock jumped after it had asked for a renewal, and which has then asked again. */
async function jumpDuringRenewal() {
  const answers: (() => void)[] = [];
  const renew = async () => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return { ok: true as const, leaseMs: limits.leaseMs };
  };
  const lease = keepLease({ renew }, ref, limits.leaseMs);
  await vi.advanceTimersByTimeAsync(limits.renewMs);
  vi.setSystemTime(Date.now() + 2 * limits.leaseMs);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(answers).toHaveLength(2);
  return { lease, answers };
}

/** As SIGSTOP does: time passes and no timer fires. */
function stopProcess(ms: number): void {
  const steady = performance.now();
  vi.setSystemTime(Date.now() + ms);
  Object.defineProperty(performance, "now", { value: () => steady + ms, configurable: true });
}
