import { type SealrunError, toSealrunError } from "@sealrun/protocol";
import { pause } from "../../waits.ts";

/** When to ask again: pauses double from the first to the longest. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Hears of each failure, and says whether asking again may help. */
  readonly mayRetry: (failure: SealrunError) => boolean;
  readonly signal: AbortSignal;
}

/** Asks until there is an answer. A failure is thrown when asking again cannot help, and once the signal has aborted. */
export async function retryWithBackoff<T>(ask: () => Promise<T>, backoff: Backoff): Promise<T> {
  const { firstMs, longestMs, mayRetry, signal } = backoff;
  for (let waitMs = firstMs; ; waitMs = Math.min(2 * waitMs, longestMs)) {
    try {
      return await ask();
    } catch (error) {
      const failure = toSealrunError(error);
      if (!mayRetry(failure) || signal.aborted) throw failure;
      await pause(waitMs, signal);
    }
  }
}
