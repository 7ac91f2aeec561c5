import { type SealrunError, toSealrunError } from "@sealrun/protocol";
import { pause } from "../../waits.ts";

/** When to retry: pauses double from the first to the longest. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Called with each failure; says whether a retry may help. */
  readonly mayRetry: (failure: SealrunError) => boolean;
  readonly signal: AbortSignal;
}

/** Retries until there is an answer. Throws the failure when a retry cannot help, and once the signal has aborted. */
export async function retryWithBackoff<T>(ask: () => Promise<T>, backoff: Backoff): Promise<T> {
  const { firstMs, maxMs, mayRetry, signal } = backoff;
  for (let waitMs = firstMs; ; waitMs = Math.min(2 * waitMs, maxMs)) {
    try {
      return await ask();
    } catch (error) {
      const failure = toSealrunError(error);
      if (!mayRetry(failure) || signal.aborted) throw failure;
      await pause(waitMs, signal);
    }
  }
}
