import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { collect, sealrunProgram } from "./run-command.ts";

const readyFile = z.strictObject({ url: z.string(), token: z.string(), fingerprint: z.string() });

/** A `sealrun dev` that is ready. */
export interface DevProcess {
  readonly url: string;
  readonly token: string;
  readonly fingerprint: string;
  readonly readyFile: string;
  readonly child: ChildProcess;
  /** Standard output and standard error so far. */
  readonly output: () => string;
  /** Settles with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  /** Sends a signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | string | null>;
}

export interface DevProcessOptions {
  /** Program and first arguments; the command from its sources when left out. */
  readonly program?: readonly [string, ...string[]];
  /** Gets `data`, `home` and `ready.json`. */
  readonly folder: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Commands of bash that run first, in the process that becomes `sealrun dev`. */
  readonly before?: string;
}

const compileCache = fileURLToPath(new URL("../../node_modules/.cache/sealrun-test-commands", import.meta.url));

/** The environment of a test's commands: a home of their own, and this user's cache of fetched programs. */
export function commandEnvironment(folder: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: join(folder, "home"),
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    NO_COLOR: "1",
    // Halves the start of every command: its sources are stripped and compiled once.
    NODE_COMPILE_CACHE: compileCache,
  };
}

/** Starts `sealrun dev` on `folder/data` and waits until it is ready. Throws with its output when it ends before. */
export async function startDevProcess(options: DevProcessOptions): Promise<DevProcess> {
  const { folder } = options;
  const readyPath = join(folder, `ready-${Math.random().toString(36).slice(2)}.json`);
  const [program, ...first] = options.program ?? sealrunProgram;
  const flags = [
    "dev",
    "--data",
    join(folder, "data"),
    "--port",
    "0",
    "--ready-file",
    readyPath,
    "--allow-host-network",
  ];
  const command = [program, ...first, ...flags, ...(options.args ?? [])];
  const [started = program, ...args] =
    options.before === undefined ? command : ["bash", "-c", `${options.before}\nexec "$@"`, "bash", ...command];
  const child = spawn(started, args, {
    cwd: folder,
    env: { ...commandEnvironment(folder), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const output = (): string => stdout() + stderr();
  const ended = new Promise<number | string | null>((resolve) => {
    child.once("close", (code, signal) => {
      resolve(code ?? signal);
    });
  });
  // A test that fails or is timed out leaves nothing running either.
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
    process.off("exit", onExit);
  });
  for (;;) {
    const text = await readFile(readyPath, "utf8").catch(() => undefined);
    if (text !== undefined) {
      const end = async (signal: NodeJS.Signals): Promise<number | string | null> => {
        child.kill(signal);
        return ended;
      };
      return { ...readyFile.parse(JSON.parse(text)), readyFile: readyPath, child, output, ended, end };
    }
    if (isOver) throw new Error(`sealrun dev ended before it was ready:\n${output()}`);
    await sleep(30);
  }
}
