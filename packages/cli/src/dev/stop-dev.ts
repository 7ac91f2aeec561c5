import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCodeOf, SealrunError, showName } from "@sealrun/protocol";
import { layOutDataFolder } from "./data-folder.ts";
import { findRunningDev, isAlive, type RunningDev } from "./running-dev.ts";

const pollMs = 50;
/** Longer than all parts and servers may take to stop, one after the other. */
const waitMs = 90_000;

/** Stops the `sealrun dev` of a data folder and waits for its end. Gives it, or undefined when none ran. */
export async function stopDev(dataFolder: string, signal: AbortSignal): Promise<RunningDev | undefined> {
  const folder = layOutDataFolder(resolve(dataFolder));
  await requireExisting(folder.root);
  const running = await findRunningDev(folder);
  if (running === undefined) return undefined;
  sendTerm(running);
  const deadline = Date.now() + waitMs;
  while (await isAlive(running)) {
    if (Date.now() > deadline) {
      const sentence = `Process ${running.pid} is still stopping; see ${folder.logs}, or end it with: kill -9 ${running.pid}`;
      throw new SealrunError("TIMED_OUT", sentence);
    }
    await sleep(pollMs, undefined, { signal });
  }
  return running;
}

/** A misspelled folder must not look like one whose platform is stopped. */
async function requireExisting(root: string): Promise<void> {
  if ((await stat(root).catch(() => undefined))?.isDirectory() === true) return;
  throw new SealrunError("FILE_NOT_FOUND", `There is no data folder ${showName(root)}; name it with --data`);
}

function sendTerm({ pid }: RunningDev): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    // It ended at this moment.
    if (errorCodeOf(error) === "ESRCH") return;
    throw new SealrunError("DATA_FOLDER_UNUSABLE", `Process ${pid} belongs to another user; stop it as that user`);
  }
}
