import { SealrunError } from "@sealrun/protocol";
import type { Command } from "./command.ts";
import { waitForReady } from "./go.ts";
import { openSandboxProcesses } from "./limits/step-processes.ts";
import type { OutputPipes } from "./output-pipes.ts";
import {
  killAtOnce,
  type ProcessMark,
  signalChildren,
  waitUntilAsleep,
  waitUntilGone,
  yieldProcessors,
} from "./process-tree.ts";
import { childEnd, type RunningScript, socketsFrom3 } from "./running-script.ts";
import { readSandboxStatus } from "./sandbox-status.ts";
import { confine, filterArguments } from "./seccomp/confine.ts";
import { connectSandbox, type SandboxNetwork } from "./network/sandbox-network.ts";
import { startProgram } from "./start-program.ts";

/** A command to start in a sandbox. */
export interface SandboxedStart {
  /** The program `bwrap`. */
  readonly bubblewrap: string;
  /** The result of `sandboxArguments`. */
  readonly sandbox: readonly string[];
  readonly command: Command;
  readonly pipes: OutputPipes;
  /** For a package with named hosts. */
  readonly network?: SandboxNetwork | undefined;
}

/**
 * Starts a command under bubblewrap. Its arguments go through a descriptor: the process list shows only the command,
 * and their size has no limit. When bubblewrap dies, by `kill` or with the executor, the kernel ends all processes
 * inside.
 */
export function startSandboxed(options: SandboxedStart): RunningScript {
  const { stdout, stderr, status: statusPipe, token } = options.pipes;
  const subprocess = startProgram(
    options.bubblewrap,
    ["--args", "6", "--json-status-fd", "5", ...filterArguments(7), "--", ...options.command],
    {
      env: {},
      cwd: "/",
      // The script can read the command line of the sandbox's first process.
      argv0: "bwrap",
      stdio: [
        ...(["ignore", stdout.writeEnd, stderr.writeEnd, "pipe", token.writeEnd, statusPipe.writeEnd] as const),
        ...(["pipe", "pipe"] as const),
        ...(options.network === undefined ? [] : (["pipe", "pipe"] as const)),
      ],
      buffer: false,
      reject: false,
      // The kernel ends it with this process; before that is so, what waits for "go" ends with its descriptor 3.
      cleanup: false,
      encoding: "buffer",
    },
  );
  const bubblewrapEnd = childEnd(subprocess.nodeChildProcess);
  const [frames, argumentStream, filterStream, hosts, names] = socketsFrom3(subprocess.stdio, 3);
  if (!frames || !argumentStream || !filterStream) throw new SealrunError("INTERNAL", "");
  yieldProcessors(subprocess.pid);
  confine(subprocess.pid, filterStream);
  argumentStream.end(options.sandbox.map((argument) => `${argument}\0`).join(""));
  const status = readSandboxStatus(statusPipe.output);
  let isKilled = false;
  let networkFailure: unknown;
  let known: ProcessMark | undefined;

  /**
   * Bubblewrap ties its first process to its own life only after that process has forked the script's. From then on it
   * sleeps until the script ends, and a script that gets "go" cannot outlive the executor.
   */
  const ready = async (): Promise<boolean> => {
    if (!(await waitForReady(frames))) return false;
    known = await status.firstProcess;
    if (known !== undefined) await waitUntilAsleep(known);
    return true;
  };

  const ended = async (): Promise<number | undefined> => {
    const { failure } = await bubblewrapEnd;
    await status.ended;
    const exitCode = status.exitCode();
    if (networkFailure !== undefined) throw networkFailure;
    if (exitCode !== undefined || isKilled) return exitCode;
    throw new SealrunError(
      "SANDBOX_UNAVAILABLE",
      failure === undefined
        ? "The sandbox ended before its script did"
        : `${options.bubblewrap} could not be started; install bubblewrap on the executor's machine`,
      { cause: failure },
    );
  };

  const terminate = async (): Promise<void> => {
    const first = await status.firstProcess;
    if (first !== undefined) await signalChildren(first, "SIGTERM");
  };

  const kill = async (): Promise<void> => {
    isKilled = true;
    if (known !== undefined) killAtOnce(known);
    const first = await status.firstProcess;
    if (first !== undefined) killAtOnce(first);
    subprocess.kill("SIGKILL");
    await bubblewrapEnd;
    if (first !== undefined) await waitUntilGone(first);
  };

  /** Until its names are there, the sandbox waits; without its sockets it must not start. */
  const connect = async (network: SandboxNetwork): Promise<void> => {
    const first = await status.firstProcess;
    if (first === undefined || hosts === undefined || names === undefined) return;
    try {
      await connectSandbox(network, first.id, { hosts, names });
    } catch (error) {
      if (!isKilled) networkFailure = error;
      await kill();
      for (const stream of [hosts, names]) stream.destroy();
    }
  };
  if (options.network !== undefined) void connect(options.network);

  return {
    frames,
    ready: ready(),
    ended: ended(),
    processes: async () => {
      const first = await status.firstProcess;
      return first === undefined ? undefined : openSandboxProcesses(first);
    },
    hasEnded: () => status.exitCode() !== undefined,
    terminate,
    kill,
  };
}
