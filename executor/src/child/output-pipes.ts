import { ExecaError } from "execa";
import { closeSync, constants, createWriteStream, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { SealrunError, toSealrunError } from "@sealrun/protocol";
import { startProgram } from "./start-program.ts";

/** A pipe: the child writes into the descriptor of `writeEnd`, and the executor reads from `output`. */
interface OutputPipe {
  readonly output: Socket;
  readonly writeEnd: Writable;
  /** Closes the executor's copy of the end that the child inherited, so that the pipe ends with the child. */
  readonly closeWriteEnd: () => void;
}

/** The pipes of one script's process. */
export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  /**
   * For bubblewrap's status. Its write end is open for reading too: bubblewrap survives a write after the executor
   * died.
   */
  readonly status: OutputPipe;
}

/**
 * Pipes for a script's stdout and stderr, and one for its sandbox. Node's own pipes are sockets, on which
 * `echo … > /dev/stderr` fails, a common line in shell scripts. `folder` is private and holds the pipes' names for a
 * moment.
 */
export async function openOutputPipes(folder: string): Promise<OutputPipes> {
  const [stdout, stderr, status] = [join(folder, "stdout"), join(folder, "stderr"), join(folder, "status")];
  const names = [stdout, stderr, status];
  try {
    await startProgram("mkfifo", ["-m", "600", ...names], { env: { PATH: "/usr/bin:/bin" } });
    const { O_RDWR, O_WRONLY } = constants;
    return { stdout: openPipe(stdout, O_WRONLY), stderr: openPipe(stderr, O_WRONLY), status: openPipe(status, O_RDWR) };
  } catch (error) {
    throw error instanceof ExecaError && error.code === undefined
      ? new SealrunError("MACHINE_FAILED", "The pipes for a script's output could not be made", { cause: error })
      : toSealrunError(error);
  } finally {
    await Promise.all(names.map((name) => rm(name, { force: true })));
  }
}

function openPipe(name: string, mode: number): OutputPipe {
  // The read end is opened first, without waiting, so that the write end can be opened.
  const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(name, mode);
  return {
    output: new Socket({ fd: readEnd, readable: true, writable: false }),
    writeEnd: createWriteStream("", { fd: writeEnd, autoClose: false }),
    closeWriteEnd: () => closeSync(writeEnd),
  };
}
