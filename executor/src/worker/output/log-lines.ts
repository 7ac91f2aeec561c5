import { limits } from "@sealrun/protocol";

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Cuts masked bytes into lines of text. Invalid UTF-8 becomes U+FFFD; a line over the limit is cut and says so. */
export interface LogLines {
  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): readonly string[];
  /** The rest, which has no newline at its end. */
  end(): readonly string[];
}

export function createLogLines(maxBytes: number = limits.logLineBytes): LogLines {
  const decoder = new TextDecoder();
  let parts: Uint8Array[] = [];
  let lineBytes = 0;
  let dropped = 0;

  const keep = (bytes: Uint8Array): void => {
    const room = Math.max(0, maxBytes - lineBytes);
    const kept = bytes.subarray(0, room);
    if (kept.length > 0) parts.push(kept.slice());
    lineBytes += kept.length;
    dropped += bytes.length - kept.length;
  };
  const take = (): string => {
    const line = Buffer.concat(parts);
    const text = decoder.decode(line.at(-1) === carriageReturn ? line.subarray(0, -1) : line);
    const shown = dropped === 0 ? text : `${text} … (${dropped} more bytes in this line)`;
    parts = [];
    lineBytes = 0;
    dropped = 0;
    return shown;
  };

  return {
    push(bytes) {
      const lines: string[] = [];
      let from = 0;
      for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, from)) {
        keep(bytes.subarray(from, at));
        lines.push(take());
        from = at + 1;
      }
      keep(bytes.subarray(from));
      return lines;
    },
    end: () => (lineBytes === 0 ? [] : [take()]),
  };
}
