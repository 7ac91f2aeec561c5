import { limits, SealrunError } from "@sealrun/protocol";
import type { Held, PlatformRpc } from "./platform-rpc.ts";

/** How long before its end a lease that was not renewed is given up: enough to kill the runner first. */
const marginMs = limits.killGraceMs + 5_000;
const retryMs = 2_000;

/** Keeps the lease of one attempt. */
export interface Lease {
  /** Aborts when the lease is lost, or was not renewed in time. */
  readonly signal: AbortSignal;
  stop(): void;
}

/** Renews a lease until stopped. A failed renew is tried again; without one the run is ended before its lease is. */
export function keepLease(rpc: Pick<PlatformRpc, "renew">, held: Held, leaseMs: number): Lease {
  const ending = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  let next: NodeJS.Timeout | undefined;
  let isStopped = false;

  const stop = (): void => {
    isStopped = true;
    clearTimeout(deadline);
    clearTimeout(next);
  };
  const lose = (): void => {
    stop();
    ending.abort(new SealrunError("LEASE_LOST", "The attempt's lease could not be renewed"));
  };
  /** The lease counts from when it was asked for, not from when the answer came. */
  const hold = (askedAt: number, forMs: number): void => {
    clearTimeout(deadline);
    deadline = setTimeout(lose, Math.max(0, askedAt + forMs - marginMs - performance.now()));
  };
  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    try {
      const reply = await rpc.renew(held);
      if (isStopped) return;
      hold(askedAt, reply.leaseMs);
      next = setTimeout(() => void renew(), limits.renewMs);
    } catch (error) {
      if (isStopped) return;
      if (error instanceof SealrunError && error.code === "LEASE_LOST") lose();
      else next = setTimeout(() => void renew(), retryMs);
    }
  };

  hold(performance.now(), leaseMs);
  next = setTimeout(() => void renew(), limits.renewMs);
  return { signal: ending.signal, stop };
}
