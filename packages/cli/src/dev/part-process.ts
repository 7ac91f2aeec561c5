import { createInterface } from "node:readline";
import type { Programs } from "../setup/find-programs.ts";
import { type ChildEnd, startBoundChild } from "../process/bound-child.ts";
import { openRotatingLog } from "../files/rotating-log.ts";

/** A running process of sealrun: platform, keyring or executor. */
export interface PartProcess {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process ends, for whatever reason; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  readonly stop: (graceMs?: number) => Promise<ChildEnd>;
}

export interface PartProcessOptions {
  readonly programs: Pick<Programs, "setpriv">;
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process besides PATH; never a secret: another user's `ps` may show it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The file that gets every line of its output, 0600. */
  readonly logFile: string;
  /** Called with each line too, to see readiness or to show it. */
  readonly onLine?: (line: string) => void;
  readonly cwd?: string;
}

/** Starts a part that cannot outlive this process. `DATA_FOLDER_UNUSABLE` when its log cannot be written. */
export async function startPartProcess(options: PartProcessOptions): Promise<PartProcess> {
  const log = await openRotatingLog(options.logFile);
  const child = startBoundChild(options.command, options.args, {
    setpriv: options.programs.setpriv,
    deathSignal: "KILL",
    stopSignal: "SIGTERM",
    environment: options.environment,
    output: "pipe",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const take = (line: string): void => {
    log.write(line);
    options.onLine?.(line);
  };
  const drained = [child.stdout, child.stderr].map((stream) => readLines(stream, take));
  const ended = child.ended.then(async (end) => {
    await Promise.all(drained);
    await log.close();
    return end;
  });
  const stop = async (graceMs?: number): Promise<ChildEnd> => {
    await child.stop(graceMs);
    return ended;
  };
  return { name: options.name, pid: child.pid, ended, stop };
}

async function readLines(stream: NodeJS.ReadableStream | undefined, take: (line: string) => void): Promise<void> {
  if (stream === undefined) return;
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) take(line);
}
