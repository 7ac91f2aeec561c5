import { spawn } from "node:child_process";
import { SealrunError } from "@sealrun/protocol";
import { systemPath } from "../setup/find-on-path.ts";

/** A running child that the kernel ends when this process ends, even by a kill. */
export interface BoundChild {
  readonly pid: number;
  /** Settles with how the child ended; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Sends `stopSignal`, and SIGKILL when the child still runs after `graceMs`. */
  readonly stop: (graceMs?: number) => Promise<ChildEnd>;
}

/** How a child ended. */
export interface ChildEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

export interface BoundChildOptions {
  /** Absolute path of util-linux's setpriv. */
  readonly setpriv: string;
  /** Name of the signal that the kernel sends when this process dies. */
  readonly deathSignal: "KILL" | "QUIT";
  readonly stopSignal: "SIGTERM" | "SIGINT";
  /** The whole environment of the child besides PATH: nothing of this process's is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly output: number | "pipe";
  readonly cwd?: string;
}

const defaultGraceMs = 5_000;

/**
 * Starts a long-lived child under `setpriv --pdeathsig`. The kernel binds that to the thread that starts it, and Node
 * starts children from the calling thread: call this on the main thread.
 */
export function startBoundChild(
  command: string,
  args: readonly string[],
  options: BoundChildOptions,
): BoundChild & {
  readonly stdout: NodeJS.ReadableStream | undefined;
  readonly stderr: NodeJS.ReadableStream | undefined;
} {
  const child = spawn(options.setpriv, ["--pdeathsig", options.deathSignal, "--", command, ...args], {
    env: { PATH: systemPath, ...options.environment },
    stdio: ["ignore", options.output, options.output],
    // The terminal's Ctrl-C must reach only this process: it ends its children in order.
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once("error", () => resolve({ exitCode: undefined, signal: undefined }));
    child.once("exit", (exitCode, signal) => resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }));
  });
  if (child.pid === undefined) throw new SealrunError("PROGRAM_MISSING", `${options.setpriv} could not be started`);

  async function stop(graceMs = defaultGraceMs): Promise<ChildEnd> {
    child.kill(options.stopSignal);
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
    }
  }

  return { pid: child.pid, ended, stop, stdout: child.stdout ?? undefined, stderr: child.stderr ?? undefined };
}
