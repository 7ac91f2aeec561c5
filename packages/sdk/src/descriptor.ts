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

/** True when both descriptors are open sockets. */
export function areSockets(...descriptors: readonly number[]): boolean {
  return descriptors.every((descriptor) => {
    try {
      return fs.fstatSync(descriptor).isSocket();
    } catch {
      return false;
    }
  });
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** True for EINTR, and after a pause for EAGAIN: another program that shares the socket may have made it non-blocking. */
function isTransient(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EINTR") return true;
  if (code !== "EAGAIN") return false;
  Atomics.wait(sleeper, 0, 0, 1);
  return true;
}
