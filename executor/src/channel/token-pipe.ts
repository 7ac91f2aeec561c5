import { closeSync, readSync, writeSync } from "node:fs";
import { errorCodeOf, tokenByte } from "@sealrun/protocol";

/** The executor's end of the pipe on descriptor 4, in which the token is while no process of the script has it. */
export interface TokenPipe {
  /** Puts the token into the pipe. One that a script has filled stays as it is: `take` shows what is in it. */
  readonly put: () => void;
  /** Takes out what is in the pipe, without waiting; at most 64 bytes, and none while a process has the token. */
  readonly take: () => Uint8Array;
  /** May be called again. After it, the pipe can be neither read nor written here. */
  readonly close: () => void;
}

const token = Buffer.of(tokenByte);
const maxTaken = 64;

/**
 * The pipe behind `descriptor`, which was opened for reading and writing, without waiting, and by its name: what a
 * script does to its own descriptor does not change this one.
 */
export function createTokenPipe(descriptor: number): TokenPipe {
  let isClosed = false;
  return {
    put: () => {
      if (!isClosed) unlessItWouldWait(() => writeSync(descriptor, token));
    },
    take: () => {
      const found = Buffer.alloc(maxTaken);
      const count = isClosed ? 0 : unlessItWouldWait(() => readSync(descriptor, found));
      return found.subarray(0, count);
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      closeSync(descriptor);
    },
  };
}

function unlessItWouldWait(act: () => number): number {
  try {
    return act();
  } catch (error) {
    if (errorCodeOf(error) === "EAGAIN") return 0;
    throw error;
  }
}
