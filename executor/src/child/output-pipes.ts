import { execa, ExecaError } from "execa";
import { closeSync, constants, createWriteStream, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { SealrunError, toSealrunError } from "@sealrun/protocol";

/** A pipe: what the script writes into `writeEnd`, which only carries a descriptor, is read from `output`. */
export interface OutputPipe {
  readonly output: Socket;
  readonly writeEnd: Writable;
  /** Closes our copy of the end that the child has inherited; the pipe then ends with the child. */
  readonly closeWriteEnd: () => void;
}

/**
 * Pipes for a script's stdout and stderr. Node's own are sockets, and `echo … > /dev/stderr` fails on a socket, which
 * shell scripts are full of. `folder` is private and holds the pipes' names for a moment.
 */
export async function openOutputPipes(folder: string): Promise<readonly [OutputPipe, OutputPipe]> {
  const names = [join(folder, "stdout"), join(folder, "stderr")] as const;
  try {
    await execa("mkfifo", ["-m", "600", ...names], { env: { PATH: "/usr/bin:/bin" }, extendEnv: false });
    return [openPipe(names[0]), openPipe(names[1])];
  } catch (error) {
    throw error instanceof ExecaError && error.code === undefined
      ? new SealrunError("MACHINE_FAILED", "The pipes for a script's output could not be made", { cause: error })
      : toSealrunError(error);
  } finally {
    await Promise.all(names.map((name) => rm(name, { force: true })));
  }
}

function openPipe(name: string): OutputPipe {
  // The reader first, and without waiting: opening the other end then finds it.
  const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(name, constants.O_WRONLY);
  return {
    output: new Socket({ fd: readEnd, readable: true, writable: false }),
    writeEnd: createWriteStream("", { fd: writeEnd, autoClose: false }),
    closeWriteEnd: () => closeSync(writeEnd),
  };
}
