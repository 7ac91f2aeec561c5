import { limits, SealrunError, toSealrunError, type AttemptRef } from "@sealrun/protocol";
import type { PlatformRpc } from "../../between/platform-rpc.ts";

/** How long before its end a lease that was not renewed is given up: enough to end the runner politely first. */
const marginMs = limits.killGraceMs + 5_000;
const retryMs = 2_000;
const watchMs = 1_000;
/** A wall clock that goes on so much further than the steady one means that the machine slept, or was set. */
const sleptMs = 5_000;

/** Keeps the lease of one attempt. */
export interface Lease {
  /** Aborts when the lease is over (`LEASE_LOST`), or will soon be and cannot be renewed (`PLATFORM_UNREACHABLE`). */
  readonly signal: AbortSignal;
  /** Aborts when somebody asked for the execution to be cancelled. */
  readonly cancelled: AbortSignal;
  readonly cancel: () => void;
  /**
   * Call it when the run has ended: true when its lease is held, so that its end counts. The lease is renewed from then
   * on as well as it can be, and its loss ends nothing.
   */
  endRun(): boolean;
  stop(): void;
}

/**
 * Renews a lease until stopped. A failed renew is tried again; without one the run is ended before its lease is, which
 * counts from when it was asked for (`askedAt`, on the steady clock).
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
  /** What `giveUpAt` was before a leap of the wall clock: it holds if the clock was only set. */
  let giveUpBefore: number | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let next: NodeJS.Timeout | undefined;
  let isRunning = true;
  let isStopped = false;

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
  /** A process that was stopped finds out late, when the lease is over already: nothing may go on then. */
  const checkDeadline = (): void => {
    const now = performance.now();
    if (now < giveUpAt) return;
    if (now >= giveUpAt + marginMs) lose(new SealrunError("LEASE_LOST", "The attempt's lease ended"));
    else lose(new SealrunError("PLATFORM_UNREACHABLE", "The attempt's lease could not be renewed"));
  };
  const giveUpIn = (ms: number): void => {
    clearTimeout(deadline);
    giveUpAt = performance.now() + ms;
    deadline = setTimeout(checkDeadline, Math.max(0, ms));
  };
  /** The lease counts from when it was asked for, not from when the answer came. */
  const hold = (askedAt: number, forMs: number): void => giveUpIn(askedAt + forMs - marginMs - performance.now());
  const cancel = (): void => cancelling.abort(new SealrunError("CANCELLED", ""));
  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    try {
      const reply = await rpc.renew(ref);
      if (isStopped) return;
      giveUpBefore = undefined;
      hold(askedAt, reply.leaseMs);
      if (reply.cancel === true) cancel();
      next = setTimeout(() => void renew(), limits.renewMs);
    } catch (error) {
      if (isStopped) return;
      const { code } = toSealrunError(error);
      const isLost = code === "LEASE_LOST";
      // A machine that slept has the platform's time when it wakes.
      if (code === "CLOCK_WRONG" && giveUpBefore !== undefined) giveUpIn(giveUpBefore - performance.now());
      if (isLost) lose(new SealrunError("LEASE_LOST", "The platform gave the attempt up"));
      if (!isLost) next = setTimeout(() => void renew(), retryMs);
    }
  };
  let looked = { wall: Date.now(), steady: performance.now() };
  const watch = setInterval(() => {
    const now = { wall: Date.now(), steady: performance.now() };
    const slept = now.wall - looked.wall - (now.steady - looked.steady);
    looked = now;
    checkDeadline();
    if (slept < sleptMs || isStopped) return;
    // Nobody knows how much of the lease is left: it goes on if the platform says so at once, or has another time.
    giveUpBefore ??= giveUpAt;
    giveUpIn(Math.min(giveUpAt - now.steady, sleptMs));
    clearTimeout(next);
    void renew();
  }, watchMs);

  hold(askedAt, leaseMs);
  next = setTimeout(() => void renew(), limits.renewMs);
  return {
    signal: ending.signal,
    cancelled: cancelling.signal,
    cancel,
    endRun: () => {
      checkDeadline();
      isRunning = false;
      return !ending.signal.aborted;
    },
    stop,
  };
}
