import { once } from "node:events";
import { createWriteStream, openSync, renameSync, statSync, type WriteStream } from "node:fs";
import { extname } from "node:path";
import { limits } from "@sealrun/protocol";
import { openLog } from "./private-files.ts";

/** How large a log may become, and how many files are kept of it, the one that is written to among them. */
export interface LogSizes {
  readonly bytes: number;
  readonly files: number;
}

/** A log that only its owner may read, in files of limited size. */
export interface RotatingLog {
  /** Adds a line; never waits. What a full disk does not take is lost. */
  readonly write: (line: string) => void;
  /** Settles when every line is written. */
  readonly close: () => Promise<void>;
}

const shippedSizes: LogSizes = { bytes: limits.partLogBytes, files: limits.partLogFiles };

/**
 * Opens a log for appending. Before a line would make the file too large, `x.log` becomes `x.1.log`, `x.1.log` becomes
 * `x.2.log`, and so on; the oldest is deleted. Every line is whole in one file. `DATA_FOLDER_UNUSABLE` when it cannot be
 * written.
 */
export async function openRotatingLog(path: string, sizes: LogSizes = shippedSizes): Promise<RotatingLog> {
  await (await openLog(path)).close();
  let size = statSync(path).size;
  let stream = append(path);
  const closing: Promise<unknown>[] = [];
  const end = async (ended: WriteStream): Promise<void> => {
    ended.end();
    if (!ended.closed) await once(ended, "close").catch(() => undefined);
  };
  return {
    write: (line) => {
      if (stream.errored !== null) stream = reopen(path) ?? stream;
      if (stream.errored !== null) return;
      const text = `${line}\n`;
      const bytes = Buffer.byteLength(text);
      if (size > 0 && size + bytes > sizes.bytes) {
        const next = rotate(path, sizes.files);
        // What the earlier stream still holds goes to its file under its new name: a descriptor follows the file.
        if (next !== undefined) closing.push(end(stream));
        stream = next ?? stream;
        size = 0;
      }
      size += bytes;
      stream.write(text);
    },
    close: async () => void (await Promise.all([...closing, end(stream)])),
  };
}

/** Gives the file a number and opens a new one; undefined when the folder does not allow it, and the old one goes on. */
function rotate(path: string, files: number): WriteStream | undefined {
  try {
    shiftLogs(path, files);
    return append(path);
  } catch {
    return undefined;
  }
}

/** The descriptor is open before the first line: a stream that opens by itself could open after the next rotation. */
function append(path: string): WriteStream {
  const stream = createWriteStream(path, { fd: openSync(path, "a", 0o600) });
  // A disk that is full must not end the process; the next line tries again.
  stream.on("error", () => undefined);
  return stream;
}

/** The same file once more, after a write that failed; what was written of that line is ended. */
function reopen(path: string): WriteStream | undefined {
  try {
    const stream = append(path);
    stream.write("\n");
    return stream;
  } catch {
    return undefined;
  }
}

/** As a new process of a server opens its log: begins a new file when the log is too large. A server writes by itself. */
export async function openServerLog(
  path: string,
  sizes: LogSizes = shippedSizes,
): Promise<{ readonly fd: number; readonly close: () => Promise<void> }> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > sizes.bytes) shiftLogs(path, sizes.files);
  return openLog(path);
}

/** Gives a log and its earlier files the next numbers; the oldest is overwritten. */
function shiftLogs(path: string, files: number): void {
  for (let number = files - 2; number >= 0; number -= 1) {
    const from = numbered(path, number);
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, numbered(path, number + 1));
  }
}

/** `x.log` is number 0, `x.1.log` number 1. */
function numbered(path: string, number: number): string {
  const end = extname(path);
  return number === 0 ? path : `${path.slice(0, path.length - end.length)}.${number}${end}`;
}
