import { constants } from "node:os";
import { SealrunError, errorCodeOf } from "@sealrun/protocol";
import { machineFailure } from "../errno.ts";
import type { Command } from "./command.ts";
import { waitForReady } from "./go.ts";
import { sessionProcesses } from "./limits/step-processes.ts";
import type { OutputPipes } from "./output-pipes.ts";
import { preferForOomKill, signalProcess, yieldProcessors } from "./process-tree.ts";
import { childEnd, type RunningScript, socketsFrom3 } from "./running-script.ts";
import { startProgram } from "./start-program.ts";

/** A command to start without a sandbox. */
export interface UnsafeStart {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly workFolder: string;
  readonly pipes: OutputPipes;
}

/**
 * Starts a command on the host itself, for `--unsafe-no-sandbox` only: it can read what the executor can, and a process
 * that leaves the command's process group outlives it.
 */
export function startUnsafe(options: UnsafeStart): RunningScript {
  const { stdout, stderr, token } = options.pipes;
  const [program, ...rest] = options.command;
  const subprocess = startProgram(program, rest, {
    env: options.env,
    cwd: options.workFolder,
    detached: true,
    stdio: ["ignore", stdout.writeEnd, stderr.writeEnd, "pipe", token.writeEnd],
    buffer: false,
    reject: false,
    cleanup: true,
    encoding: "buffer",
  });
  const end = childEnd(subprocess.nodeChildProcess);
  const [frames] = socketsFrom3(subprocess.stdio, 1);
  if (!frames) throw new SealrunError("INTERNAL", "");
  const group = subprocess.pid;
  // It waits for "go" and has started nothing yet.
  preferForOomKill(group);
  yieldProcessors(group);
  let hasEnded = false;

  const ended = async (): Promise<number | undefined> => {
    const { exitCode, signal, failure } = await end;
    hasEnded = true;
    if (failure !== undefined) {
      throw (
        machineFailure(errorCodeOf(failure), { what: program, cause: failure }) ??
        new SealrunError("INTERPRETER_MISSING", `${program} could not be started`, { cause: failure })
      );
    }
    return exitCode ?? (signal === undefined ? undefined : 128 + constants.signals[signal]);
  };

  const signalGroup = (signal: NodeJS.Signals): void => {
    if (group !== undefined) signalProcess(-group, signal);
  };

  return {
    frames,
    ready: waitForReady(frames),
    ended: ended(),
    processes: async () => (group === undefined ? undefined : sessionProcesses(group)),
    hasEnded: () => hasEnded,
    terminate: async () => signalGroup("SIGTERM"),
    kill: async () => {
      signalGroup("SIGKILL");
      await end;
    },
  };
}
