import { setTimeout as sleep } from "node:timers/promises";
import type { PartProcess } from "../support/part-process.ts";

/** Longer than a platform needs to answer, shorter than any timeout that treats it as dead: it keeps what it got. */
const hungMs = 4_000;

/** Stops a part, as a stuck disk does, and kills it in that state. */
export async function hangAndKill(part: PartProcess): Promise<void> {
  await part.kill("SIGSTOP");
  await sleep(hungMs);
  await part.kill("SIGKILL");
}
