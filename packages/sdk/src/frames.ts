import { SealrunError } from "./error.ts";

/** A frame's body, read: the head's JSON and, where the head says `"raw":true`, the bytes after it. */
export interface FrameBody {
  readonly head: unknown;
  readonly raw?: Uint8Array;
}

/** Longest length line: ten digits and the newline. */
const maxLengthLine = 11;
const newline = 0x0a;

/** The bytes of one frame: length, newline, head and, if given, newline and raw bytes. */
export function encodeFrame(head: object, raw?: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(head));
  const body = raw === undefined ? [text] : [text, Buffer.of(newline), raw];
  const length = body.reduce((sum, part) => sum + part.byteLength, 0);
  return Buffer.concat([Buffer.from(`${length}\n`), ...body]);
}

/**
 * Where the body starts and how long it is, or undefined while the length line is incomplete. Throws `CHANNEL_BROKEN`
 * for bytes that no frame starts with.
 */
export function readLengthLine(bytes: Uint8Array): { readonly start: number; readonly length: number } | undefined {
  const end = bytes.subarray(0, maxLengthLine).indexOf(newline);
  const digits = Buffer.from(bytes.subarray(0, end === -1 ? maxLengthLine : end)).toString("latin1");
  if (!/^[0-9]{0,10}$/.test(digits) || (end === -1 && bytes.byteLength >= maxLengthLine) || end === 0) {
    throw new SealrunError("CHANNEL_BROKEN", "sealrun: the executor sent bytes that are not a frame");
  }
  return end === -1 ? undefined : { start: end + 1, length: Number(digits) };
}

/** Splits a body into head and raw bytes. Throws `CHANNEL_BROKEN` when the head is not JSON. */
export function decodeBody(body: Uint8Array): FrameBody {
  const end = body.indexOf(newline);
  const text = Buffer.from(end === -1 ? body : body.subarray(0, end)).toString("utf8");
  try {
    const head: unknown = JSON.parse(text);
    return end === -1 ? { head } : { head, raw: body.subarray(end + 1) };
  } catch {
    // Without the parser's error, which quotes the text.
    throw new SealrunError("CHANNEL_BROKEN", "sealrun: the executor sent a frame whose head is not JSON");
  }
}
