import type { MachineTrouble, SealrunError, AttemptRef } from "@sealrun/protocol";
import type { PlatformRpc } from "../platform/platform-rpc.ts";
import { retryWithBackoff } from "../platform/retry-with-backoff.ts";

const firstRetryMs = 500;
const maxRetryMs = 5_000;
/**
 * Enough to outlast a lease: answers that come from a bug or a wrong clock at the other end are not retried without
 * end.
 */
const maxBrokenAnswers = 20;

/**
 * Gives back an attempt of which no script has started; retries until the platform has answered. Fails with the
 * platform's refusal: `LEASE_LOST` when the attempt has already been ended.
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
    maxMs: maxRetryMs,
    mayRetry,
    signal,
  });
}
