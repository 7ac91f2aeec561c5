import type { EventRetry } from "@sealrun/protocol";

/** What another try may mend: the script's own failure, and nothing that ended its attempt or its channel. */
const retried = new Set(["SCRIPT_FAILED", "SCRIPT_TIMED_OUT"]);

/**
 * Milliseconds to wait before a step is tried again that has failed `tried` times, the last time with this code;
 * undefined when that was its last try.
 */
export function waitBeforeRetry(retry: EventRetry | undefined, tried: number, code: string): number | undefined {
  if (retry === undefined || tried >= retry.attempts || !retried.has(code)) return undefined;
  const waitMs = retry.delayMs * retry.factor ** (tried - 1);
  // A large factor soon gives a number that is none.
  return Number.isFinite(waitMs) ? Math.min(waitMs, retry.maxDelayMs) : retry.maxDelayMs;
}
