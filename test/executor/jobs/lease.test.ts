import { limits, SealrunError } from "@sealrun/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepLease } from "../../../executor/src/jobs/lease.ts";
import { makeAttempt } from "../../support/attempt-peer.ts";

const { held } = makeAttempt().attempt;

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
    const lease = keepLease({ renew }, held, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(10 * limits.leaseMs);
    expect(lease.signal.aborted).toBe(false);
    expect(renewed).toBe((10 * limits.leaseMs) / limits.renewMs);
    lease.stop();
  });

  it("ends the run before the end of a lease that could not be renewed", async () => {
    const renew = async () => {
      throw new SealrunError("PLATFORM_UNREACHABLE", "");
    };
    const lease = keepLease({ renew }, held, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.leaseMs - limits.killGraceMs);
    expect(lease.signal.aborted).toBe(true);
  });

  it("ends the run before the lease when a renew is never answered", async () => {
    const lease = keepLease({ renew: async () => new Promise(() => undefined) }, held, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(limits.leaseMs - limits.killGraceMs);
    expect(lease.signal.aborted).toBe(true);
  });

  it("ends the run at once when the lease is lost", async () => {
    const renew = async () => {
      throw new SealrunError("LEASE_LOST", "");
    };
    const lease = keepLease({ renew }, held, limits.leaseMs);
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
    const lease = keepLease({ renew }, held, limits.leaseMs);
    await vi.advanceTimersByTimeAsync(2 * limits.leaseMs);
    expect(lease.signal.aborted).toBe(false);
    lease.stop();
  });
});
