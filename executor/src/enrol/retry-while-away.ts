import { setTimeout as sleep } from "node:timers/promises";
import { SealrunError } from "@sealrun/protocol";

const maxTries = 5;
const firstWaitMs = 500;

/** Retries a few times, with doubling pauses, while the failure is one that may pass. */
export async function retryWhileAway<T>(work: () => Promise<T>, waitMs = firstWaitMs, tries = maxTries): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const mayPass = error instanceof SealrunError && error.row.retry && error.code !== "RATE_LIMITED";
    if (!mayPass || tries <= 1) throw error;
    await sleep(waitMs);
    return retryWhileAway(work, waitMs * 2, tries - 1);
  }
}
