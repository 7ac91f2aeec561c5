import fs from "node:fs";

/** Reads at least one byte into `buffer` and returns the count; waits without a limit. 0 at the end of the stream. */
export function readSome(descriptor: number, buffer: Uint8Array): number {
  for (;;) {
    try {
      return fs.readSync(descriptor, buffer, 0, buffer.byteLength, null);
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }
}

/** Writes some of `bytes` and returns the count; waits without a limit. */
export function writeSome(descriptor: number, bytes: Uint8Array): number {
  for (;;) {
    try {
      return fs.writeSync(descriptor, bytes, 0, bytes.byteLength, null);
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }
}

/**
 * True for a socket and a pipe whose name is gone, as the executor gives them. A pipe that another program made in memory
 * never had a name, and counts one link.
 */
export function isChannel(frames: number, tokens: number): boolean {
  try {
    const pipe = fs.fstatSync(tokens);
    return pipe.isFIFO() && pipe.nlink === 0 && fs.fstatSync(frames).isSocket();
  } catch {
    return false;
  }
}

/** True for the error of a read or write on a socket whose other end is closed. */
export function isPeerGone(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EPIPE" || code === "ECONNRESET";
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** True for EINTR, and after a pause for EAGAIN: another program that shares the socket may have made it non-blocking. */
function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code === "EINTR") return true;
  if (code !== "EAGAIN") return false;
  Atomics.wait(sleeper, 0, 0, 1);
  return true;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
