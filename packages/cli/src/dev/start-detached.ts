import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SealrunError } from "@sealrun/protocol";
import { ensureFolder } from "../files/private-files.ts";
import { openServerLog } from "../files/rotating-log.ts";
import { readErrorLine } from "../part-log.ts";
import type { Environment } from "../setup/find-on-path.ts";
import { prepareDataFolder } from "./check-folder.ts";
import { layOutDataFolder } from "./data-folder.ts";
import { ownProgram } from "./own-program.ts";
import { findRunningDev, requireUnused } from "./running-dev.ts";

const pollMs = 100;

/** What to start in the background. */
export interface DetachedOptions {
  readonly dataFolder: string;
  /** The arguments of the command without the one that detaches it. */
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly say: (line: string) => void;
  /** Aborts the start, and the platform ends. */
  readonly signal: AbortSignal;
}

/**
 * Starts `sealrun dev` in a session of its own and waits until it is ready; what it prints meanwhile is said. Its output
 * goes to `logs/dev.log` of the data folder. Throws the error with which it ended before it was ready.
 */
export async function startDetached(options: DetachedOptions): Promise<void> {
  const { args, environment, say, signal } = options;
  const folder = layOutDataFolder(resolve(options.dataFolder));
  // The same checks follow in the background, but its log needs the folder.
  await requireUnused(folder);
  await prepareDataFolder(folder.root);
  await ensureFolder(folder.logs);
  const logFile = join(folder.logs, "dev.log");
  const log = await openServerLog(logFile);
  const from = (await stat(logFile)).size;
  const [...programArgs] = ownProgram();
  const child = spawn(process.execPath, [...programArgs, ...args], {
    env: { ...environment },
    stdio: ["ignore", log.fd, log.fd],
    detached: true,
  });
  await log.close();
  const ended = once(child, "exit").then(() => true);
  const lines = followLines(logFile, from);
  for (let isOver = false; !isOver;) {
    isOver = await Promise.race([ended, sleep(pollMs, false)]);
    const running = await findRunningDev(folder);
    const isReady = running !== undefined && running.pid === child.pid && running.url !== null;
    for (const line of await lines()) {
      const error = readErrorLine(line);
      if (error !== undefined) throw error;
      say(line);
    }
    if (isReady) return child.unref();
    if (signal.aborted) child.kill("SIGTERM");
  }
  signal.throwIfAborted();
  throw new SealrunError("INTERNAL", `sealrun dev ended before it was ready; see ${logFile}`);
}

/** Gives the whole lines that were added to a file since the last call. */
function followLines(path: string, from: number): () => Promise<readonly string[]> {
  let at = from;
  let rest = "";
  return async () => {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(size - at, 0)), { position: at });
      at += bytesRead;
      const lines = (rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
      rest = lines.pop() ?? "";
      return lines;
    } finally {
      await file.close();
    }
  };
}
