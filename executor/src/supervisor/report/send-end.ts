import { type SentEnd, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Logger } from "pino";
import { isFinal } from "./is-final.ts";
import type { PlatformRpc } from "../platform/platform-rpc.ts";
import { retryWithBackoff } from "../platform/retry-with-backoff.ts";

const firstRetryMs = 500;
const maxRetryMs = 5_000;
/** Answers that come from a bug at the other end are not retried without end: the run's slot waits too. */
const maxBrokenAnswers = 20;

/**
 * Sends an end until the platform has answered with the report chunks that it misses. A refusal is final: another
 * executor has the execution, or it is over. `EXPIRED` is not final: this machine's clock is wrong, or that of the
 * platform that answered, and only a platform whose clock is right can say whether the end still counts. Once the
 * signal aborts, the last failure is thrown; a wrong clock then as `PLATFORM_UNREACHABLE`.
 */
export async function sendEnd(
  deps: { readonly rpc: Pick<PlatformRpc, "finish">; readonly log: Logger },
  end: SentEnd,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { executionId, attempt } = end;
  let broken = 0;
  let hasWarned = false;
  const mayRetry = (failure: SealrunError): boolean => {
    if (failure.code === "INTERNAL") broken += 1;
    if (failure.code === "EXPIRED" && !hasWarned) {
      hasWarned = true;
      deps.log.warn(
        { executionId, attempt },
        "The end of a run was refused as expired: this machine's clock or the platform's is wrong. It is sent again until a platform accepts it; check both clocks",
      );
    }
    return !isFinal(failure) && broken < maxBrokenAnswers;
  };
  try {
    return await retryWithBackoff(async () => deps.rpc.finish(end), {
      firstMs: firstRetryMs,
      maxMs: maxRetryMs,
      mayRetry,
      signal,
    });
  } catch (error) {
    const failure = toSealrunError(error);
    throw failure.code === "EXPIRED" ? asAway(failure) : failure;
  }
}

function asAway(cause: SealrunError): SealrunError {
  return new SealrunError(
    "PLATFORM_UNREACHABLE",
    "Each platform refused the end of a run as expired; check the clocks",
    {
      cause,
    },
  );
}
