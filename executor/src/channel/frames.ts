import { limits, SealrunError } from "@sealrun/protocol";

const newline = 0x0a;
const maxDigits = String(limits.scriptFrameBytes).length;

/** Collects the frames of one side from chunks of any size. */
export interface FrameReader {
  /**
   * The bodies that this chunk completes. Throws `CHANNEL_BROKEN` for bytes that are not a frame, or one over the
   * limit.
   */
  readonly push: (chunk: Uint8Array) => readonly Uint8Array[];
  /** True while a frame is incomplete. */
  readonly isInside: () => boolean;
}

/** A reader of `LENGTH "\n" BODY`; it holds at most one frame of `maxBytes`. */
export function createFrameReader(maxBytes: number = limits.scriptFrameBytes): FrameReader {
  let digits = "";
  let body: Uint8Array | undefined;
  let filled = 0;

  /** Reads digits up to the newline; returns the offset after them. */
  const readLength = (chunk: Uint8Array, from: number): number => {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === newline) {
        body = new Uint8Array(frameLength(digits, maxBytes));
        filled = 0;
        return at + 1;
      }
      digits += String.fromCharCode(byte);
      if (digits.length > maxDigits || byte < 0x30 || byte > 0x39) throw notAFrame();
    }
    return chunk.length;
  };

  const push = (chunk: Uint8Array): readonly Uint8Array[] => {
    const complete: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (body === undefined) {
        at = readLength(chunk, at);
        continue;
      }
      const part = chunk.subarray(at, at + body.length - filled);
      body.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < body.length) continue;
      complete.push(body);
      body = undefined;
      digits = "";
    }
    return complete;
  };

  return { push, isInside: () => body !== undefined || digits !== "" };
}

/** A frame's bytes: its head as one line of JSON and, when given, the unchanged bytes of a value. */
export function encodeFrame(head: object, raw?: Uint8Array): Uint8Array {
  const line = Buffer.from(JSON.stringify(head));
  const bodyBytes = raw === undefined ? line.length : line.length + 1 + raw.length;
  const parts: Uint8Array[] = [Buffer.from(`${bodyBytes}\n`), line];
  if (raw !== undefined) parts.push(Buffer.of(newline), raw);
  return Buffer.concat(parts);
}

/** The two parts of a body; `raw` is undefined when nothing follows the head. */
export function splitBody(body: Uint8Array): { readonly head: Uint8Array; readonly raw: Uint8Array | undefined } {
  const end = body.indexOf(newline);
  return end === -1 ? { head: body, raw: undefined } : { head: body.subarray(0, end), raw: body.subarray(end + 1) };
}

function frameLength(digits: string, maxBytes: number): number {
  if (!/^[1-9][0-9]*$/.test(digits)) throw notAFrame();
  const length = Number(digits);
  if (length > maxBytes) {
    throw new SealrunError("CHANNEL_BROKEN", `The script sent a request of ${length} bytes; the limit is ${maxBytes}`);
  }
  return length;
}

function notAFrame(): SealrunError {
  return new SealrunError("CHANNEL_BROKEN", "The script wrote something that is not a request on descriptor 3");
}
