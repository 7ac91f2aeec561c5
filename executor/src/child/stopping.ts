import { isLimitCode, SealrunError } from "@sealrun/protocol";
import type { RunningScript } from "./running-script.ts";

/** Why a script was ended. For the first two it may end by itself first; for the others it is killed at once. */
type Stop =
  | { readonly kind: "timed-out" | "cancelled" }
  | { readonly kind: "channel-broken" | "failed" | "exceeded"; readonly error: SealrunError };

/** What can end a script before it ends itself. */
export interface StoppingOptions {
  readonly timeoutMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Cancels it; with the error of a limit as its reason, that limit ends it. */
  readonly signal: AbortSignal;
}

/** Watches one script, to end it when needed. */
export interface Stopping {
  readonly stop: (why: Stop) => void;
  /** Call it when the script has ended: timeout and cancel no longer count. */
  readonly settle: () => void;
  readonly reason: () => Stop | undefined;
}

/**
 * Ends the script at most once, for the first reason. After `settle` the only reason is output that cannot be passed
 * on.
 */
export function createStopping(options: StoppingOptions, script: Pick<RunningScript, "terminate" | "kill">): Stopping {
  let reason: Stop | undefined;
  let isSettled = false;
  let graceTimer: NodeJS.Timeout | undefined;

  const stop = (why: Stop): void => {
    if (reason !== undefined || (isSettled && why.kind !== "failed")) return;
    reason = why;
    if ("error" in why) return void script.kill();
    graceTimer = setTimeout(() => void script.kill(), options.graceMs);
    void script.terminate();
  };

  const onAbort = (): void => {
    // Another executor may already run the execution: the script must not go on, not even to end by itself.
    const { reason: why } = options.signal;
    if (!(why instanceof SealrunError)) stop({ kind: "cancelled" });
    else if (why.code === "LEASE_LOST") stop({ kind: "failed", error: why });
    else stop(isLimitCode(why.code) ? { kind: "exceeded", error: why } : { kind: "cancelled" });
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
