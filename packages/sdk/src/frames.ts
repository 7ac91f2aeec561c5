import { SealrunError } from "./error.ts";

/** A frame's body, read: the head's JSON and, where the head says `"raw":true`, the bytes after it. */
export interface FrameBody {
  readonly head: unknown;
  readonly raw?: Uint8Array;
}

/** Longest length line: ten digits and the newline. */
const maxLengthLine = 11;
const newline = 0x0a;
const zero = 0x30;
const nine = 0x39;

/** The bytes of one frame: length, newline, head and, if given, newline and raw bytes. */
export function encodeFrame(head: object, raw?: Uint8Array): Uint8Array {
  const text = JSON.stringify(head);
  const length = Buffer.byteLength(text);
  if (raw === undefined) return Buffer.from(`${length}\n${text}`);
  return Buffer.concat([Buffer.from(`${length + 1 + raw.byteLength}\n${text}\n`), raw]);
}

/**
 * Where the body starts and how long it is, or undefined while the length line is incomplete. Throws `CHANNEL_BROKEN`
 * for bytes that no frame starts with.
 */
export function readLengthLine(bytes: Uint8Array): { readonly start: number; readonly length: number } | undefined {
  let length = 0;
  for (const [at, byte] of bytes.subarray(0, maxLengthLine).entries()) {
    if (byte === newline && at > 0) return { start: at + 1, length };
    if (byte < zero || byte > nine || at === maxLengthLine - 1) {
      throw new SealrunError("CHANNEL_BROKEN", "sealrun: the executor sent bytes that are not a frame");
    }
    length = length * 10 + byte - zero;
  }
  return undefined;
}

/** Splits a body into head and raw bytes. Throws `CHANNEL_BROKEN` when the head is not JSON. */
export function decodeBody(body: Uint8Array): FrameBody {
  const end = body.indexOf(newline);
  const text = Buffer.from(body.buffer, body.byteOffset, end === -1 ? body.byteLength : end).toString("utf8");
  try {
    const head: unknown = JSON.parse(text);
    return end === -1 ? { head } : { head, raw: body.subarray(end + 1) };
  } catch {
    // Without the parser's error, which quotes the text.
    throw new SealrunError("CHANNEL_BROKEN", "sealrun: the executor sent a frame whose head is not JSON");
  }
}
