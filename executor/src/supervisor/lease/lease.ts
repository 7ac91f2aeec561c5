import { limits, SealrunError, toSealrunError, type AttemptRef } from "@sealrun/protocol";
import { sharedNow } from "../../between/shared-now.ts";
import type { PlatformRpc } from "../platform/platform-rpc.ts";

/** How long before it expires a lease that was not renewed is given up: time to let the script end by itself. */
const marginMs = limits.killGraceMs + 5_000;
const retryMs = 2_000;
const watchMs = 1_000;
const earlyMs = 50;
/** If wall time outruns monotonic time by this much, the machine was suspended or its clock was set. */
const suspendedMs = 5_000;

/** Keeps the lease of one attempt. */
export interface Lease {
  /** Aborts when the lease was lost (`LEASE_LOST`), or expires soon and cannot be renewed (`PLATFORM_UNREACHABLE`). */
  readonly signal: AbortSignal;
  /** Aborts when the execution is to be cancelled. */
  readonly cancelled: AbortSignal;
  readonly cancel: () => void;
  /**
   * Call it when the run has ended: true when the lease has not expired, so that the end counts. From then on the lease
   * is still renewed, but losing it ends nothing.
   */
  endRun(): boolean;
  /** When the lease expires, on the clock of `sharedNow()`. */
  expiresAt(): number;
  /** Calls `listener` with each new such time, until the returned function is called. */
  readonly onRenewed: (listener: (expiresAt: number) => void) => () => void;
  stop(): void;
}

/**
 * Renews a lease until stopped. A renewal that fails is retried; if none succeeds, the run is ended before its lease
 * expires. The lease counts from when it was asked for (`askedAt`, on the monotonic clock).
 */
export function keepLease(
  rpc: Pick<PlatformRpc, "renew">,
  ref: AttemptRef,
  leaseMs: number,
  askedAt: number = performance.now(),
): Lease {
  const ending = new AbortController();
  const cancelling = new AbortController();
  let giveUpAt = 0;
  /** `giveUpAt` from before a jump of the wall clock: it is right if the clock was only set. */
  let giveUpBefore: number | undefined;
  /** When the last jump of the wall clock was seen, on the monotonic clock. */
  let leaptAt = Number.NEGATIVE_INFINITY;
  let deadline: NodeJS.Timeout | undefined;
  let next: NodeJS.Timeout | undefined;
  let isRunning = true;
  let isStopped = false;
  let expiresAt = 0;
  const listeners = new Set<(expiresAt: number) => void>();

  const stop = (): void => {
    isStopped = true;
    clearTimeout(deadline);
    clearTimeout(next);
    clearInterval(watch);
  };
  const lose = (error: SealrunError): void => {
    if (!isRunning || isStopped) return;
    stop();
    ending.abort(error);
  };
  /** A process that was suspended finds out late that its lease has expired: its run must end at once then. */
  const checkDeadline = (): void => {
    const now = performance.now();
    if (now < giveUpAt) return;
    if (now >= giveUpAt + marginMs) lose(new SealrunError("LEASE_LOST", "The attempt's lease expired"));
    else lose(new SealrunError("PLATFORM_UNREACHABLE", "The attempt's lease could not be renewed"));
  };
  const giveUpIn = (ms: number): void => {
    clearTimeout(deadline);
    giveUpAt = performance.now() + ms;
    deadline = setTimeout(checkDeadline, Math.max(0, ms));
  };
  /** The lease counts from when it was asked for, not from when the answer came. */
  const extend = (askedAt: number, forMs: number): void => {
    const leftMs = askedAt + forMs - performance.now();
    giveUpIn(leftMs - marginMs);
    expiresAt = sharedNow() + leftMs;
    for (const listener of listeners) listener(expiresAt);
  };
  const cancel = (): void => cancelling.abort(new SealrunError("CANCELLED", ""));
  /** After a jump of the clock two renewals can be under way; only one follows them. */
  const renewIn = (ms: number): void => {
    clearTimeout(next);
    next = setTimeout(() => void renew(), ms);
  };
  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    try {
      const reply = await rpc.renew(ref);
      if (isStopped) return;
      if (reply.cancel === true) cancel();
      // Asked before the jump, at an unknown time: the lease may have expired since. It was asked for again.
      if (askedAt < leaptAt) return;
      giveUpBefore = undefined;
      extend(askedAt, reply.leaseMs);
      renewIn(untilRenewal());
    } catch (error) {
      if (isStopped) return;
      const { code } = toSealrunError(error);
      const isLost = code === "LEASE_LOST";
      // A suspended machine wakes with the right time: a wrong clock means that the clock was set.
      if (code === "CLOCK_WRONG" && giveUpBefore !== undefined) giveUpIn(giveUpBefore - performance.now());
      if (isLost) lose(new SealrunError("LEASE_LOST", "The platform gave the attempt up"));
      if (!isLost) renewIn(retryMs);
    }
  };
  let last = { wall: Date.now(), steady: performance.now() };
  const watch = setInterval(() => {
    const now = { wall: Date.now(), steady: performance.now() };
    const leapMs = now.wall - last.wall - (now.steady - last.steady);
    last = now;
    checkDeadline();
    if (leapMs < suspendedMs || isStopped) return;
    // It is unknown how much of the lease is left. The run goes on if the platform renews it at once, or has another
    // time.
    leaptAt = now.steady;
    giveUpBefore ??= giveUpAt;
    giveUpIn(Math.min(giveUpAt - now.steady, suspendedMs));
    clearTimeout(next);
    void renew();
  }, watchMs);

  extend(askedAt, leaseMs);
  renewIn(untilRenewal());
  return {
    signal: ending.signal,
    cancelled: cancelling.signal,
    cancel,
    endRun: () => {
      checkDeadline();
      isRunning = false;
      return !ending.signal.aborted;
    },
    expiresAt: () => expiresAt,
    onRenewed: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
  };
}

/** Until the next moment at which all leases of this process are renewed, so that they are renewed together. */
function untilRenewal(): number {
  const ms = limits.renewMs - (performance.now() % limits.renewMs);
  // A timer may come a little early.
  return ms < earlyMs ? ms + limits.renewMs : ms;
}
