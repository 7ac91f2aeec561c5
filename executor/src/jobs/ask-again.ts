import { setTimeout as sleep } from "node:timers/promises";
import { SealrunError } from "@sealrun/protocol";

const mostTries = 5;
const pauseMs = 1_000;

/**
 * Asks again when no answer came and asking twice does nothing twice: the request carries an id of its own making. Any
 * other refusal, and the last one, is thrown.
 */
export async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const isUnanswered = error instanceof SealrunError && error.row.retry && error.code !== "KEY_CHANGED";
      if (!isUnanswered || tries === mostTries) throw error;
      await sleep(pauseMs);
    }
  }
}
