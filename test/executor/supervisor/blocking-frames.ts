import { readSync, writeSync } from "node:fs";

/** The descriptor on which a worker or a preparer speaks with its supervisor. */
const descriptor = 3;

/** One frame: its length in bytes, a line end, a JSON head, and after another line end what is not JSON. */
export function frame(head: object, raw?: Buffer): Buffer {
  const line = Buffer.from(JSON.stringify(head));
  const body = raw === undefined ? line : Buffer.concat([line, Buffer.from("\n"), raw]);
  return Buffer.concat([Buffer.from(`${body.length}\n`), body]);
}

/** Writes all of it, however long the other side does not read. */
export function write(bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += untilPossible(() => writeSync(descriptor, bytes, at));
}

/** Waits for the next frame and gives its JSON as text; ends this process when none can come. */
export function readText(): string {
  let digits = "";
  for (let byte = read(1).toString(); byte !== "\n"; byte = read(1).toString()) digits += byte;
  return read(Number(digits)).toString();
}

function read(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes;) {
    const count = untilPossible(() => readSync(descriptor, buffer, at, bytes - at, null));
    if (count === 0) process.exit();
    at += count;
  }
  return buffer;
}

function untilPossible(act: () => number): number {
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EAGAIN") throw error;
    }
  }
}
