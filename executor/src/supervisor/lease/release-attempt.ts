import type { MachineTrouble, SealrunError, AttemptRef } from "@sealrun/protocol";
import type { PlatformRpc } from "../../between/platform-rpc.ts";
import { retryWithBackoff } from "../platform/retry-with-backoff.ts";

const firstRetryMs = 500;
const longestRetryMs = 5_000;
/** For longer than a lease: an answer that speaks of a bug or a clock at the other end is not waited out for ever. */
const maxBrokenAnswers = 20;

/**
 * Gives an attempt back of which no script has started, and tells it until the platform has answered. Fails with its
 * refusal: `LEASE_LOST` when somebody has ended the attempt meanwhile.
 */
export async function releaseAttempt(
  rpc: Pick<PlatformRpc, "release">,
  ref: AttemptRef,
  { code, message }: MachineTrouble,
  signal: AbortSignal,
): Promise<void> {
  let broken = 0;
  const mayRetry = (failure: SealrunError): boolean => {
    const isBroken = failure.code === "INTERNAL" || failure.code === "EXPIRED";
    if (isBroken) broken += 1;
    return failure.row.retry || (isBroken && broken < maxBrokenAnswers);
  };
  await retryWithBackoff(async () => rpc.release({ ...ref, reason: { code, message } }), {
    firstMs: firstRetryMs,
    longestMs: longestRetryMs,
    mayRetry,
    signal,
  });
}
