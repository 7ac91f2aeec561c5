import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is something; the test's own timeout ends it, and with its signal also what would follow. */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(50);
  }
}
