import { SealrunError } from "@sealrun/protocol";
import type { RunningScript } from "./running-script.ts";

/** Why a script was ended. The first two let it end by itself first; the others do not. */
type Stop =
  | { readonly kind: "timed-out" | "cancelled" }
  | { readonly kind: "channel-broken" | "failed"; readonly error: SealrunError };

/** What can end a script from outside. */
export interface StoppingOptions {
  readonly timeoutMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/** The watch over one script. */
export interface Stopping {
  readonly stop: (why: Stop) => void;
  /** The script has ended: neither timeout nor cancel counts any more. */
  readonly settle: () => void;
  readonly reason: () => Stop | undefined;
}

/** Ends the script at most once, for the first reason that comes up. After `settle` only output that cannot be handed on is one. */
export function createStopping(options: StoppingOptions, script: Pick<RunningScript, "terminate" | "kill">): Stopping {
  let reason: Stop | undefined;
  let isSettled = false;
  let graceTimer: NodeJS.Timeout | undefined;

  const stop = (why: Stop): void => {
    if (reason !== undefined || (isSettled && why.kind !== "failed")) return;
    reason = why;
    if (why.kind === "channel-broken" || why.kind === "failed") return void script.kill();
    graceTimer = setTimeout(() => void script.kill(), options.graceMs);
    void script.terminate();
  };

  const onAbort = (): void => {
    // Somebody else may run the execution already: nothing of it may go on, not even to end by itself.
    const { reason: why } = options.signal;
    const isOver = why instanceof SealrunError && why.code === "LEASE_LOST";
    stop(isOver ? { kind: "failed", error: why } : { kind: "cancelled" });
  };
  const timeoutTimer = setTimeout(stop, options.timeoutMs, { kind: "timed-out" });
  if (options.signal.aborted) onAbort();
  else options.signal.addEventListener("abort", onAbort, { once: true });

  const settle = (): void => {
    isSettled = true;
    clearTimeout(timeoutTimer);
    clearTimeout(graceTimer);
    options.signal.removeEventListener("abort", onAbort);
  };
  return { stop, settle, reason: () => reason };
}
