import { ExecaError } from "execa";
import { closeSync, constants, createWriteStream, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { SealrunError, toSealrunError } from "@sealrun/protocol";
import { startProgram } from "./start-program.ts";

/** A pipe: what the child writes into `writeEnd`, which only carries a descriptor, is read from `output`. */
interface OutputPipe {
  readonly output: Socket;
  readonly writeEnd: Writable;
  /** Closes our copy of the end that the child has inherited; the pipe then ends with the child. */
  readonly closeWriteEnd: () => void;
}

/** The pipes of one script's process. */
export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  /** For what bubblewrap says of itself. Its write end reads too, so that writing there kills nobody when we are gone. */
  readonly status: OutputPipe;
}

/**
 * Pipes for a script's stdout and stderr, and one for its sandbox. Node's own are sockets, and `echo … > /dev/stderr` fails on a socket, which
 * shell scripts are full of. `folder` is private and holds the pipes' names for a moment.
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
  // The reader first, and without waiting: opening the other end then finds it.
  const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(name, mode);
  return {
    output: new Socket({ fd: readEnd, readable: true, writable: false }),
    writeEnd: createWriteStream("", { fd: writeEnd, autoClose: false }),
    closeWriteEnd: () => closeSync(writeEnd),
  };
}
