import { setTimeout as sleep } from "node:timers/promises";
import type { PartProcess } from "./part-process.ts";

const maxTries = 20;
const retryMs = 200;

/** Starts a part that is down. Where calls are reported as failed at random, a start may meet one: then it is tried again. */
export async function startPatiently(part: Pick<PartProcess, "pid" | "start">): Promise<void> {
  for (let tried = 1; part.pid() === undefined; tried += 1) {
    try {
      await part.start();
    } catch (error) {
      if (tried === maxTries) throw error;
      await sleep(retryMs);
    }
  }
}
