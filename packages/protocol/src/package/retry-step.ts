import type { EventRetry } from "../wire/event.ts";

/** Failures for which a retry may help: those of the script itself, and none that ended its attempt or its channel. */
const retried = new Set(["SCRIPT_FAILED", "SCRIPT_TIMED_OUT"]);

/**
 * Milliseconds to wait before the next try of a step that has failed `tried` times, the last time with this code;
 * undefined when that was the last try.
 */
export function waitBeforeRetry(retry: EventRetry | undefined, tried: number, code: string): number | undefined {
  if (retry === undefined || tried >= retry.attempts || !retried.has(code)) return undefined;
  const waitMs = retry.delayMs * retry.factor ** (tried - 1);
  // A large factor soon gives infinity.
  return Number.isFinite(waitMs) ? Math.min(waitMs, retry.maxDelayMs) : retry.maxDelayMs;
}
