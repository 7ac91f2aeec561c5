import { describe, expect, test } from "vitest";
import { SealrunError as ProtocolError } from "@sealrun/protocol";
import { answerRequest } from "../../../executor/src/channel/answer-request.ts";
import { createFrameReader, encodeFrame, splitBody } from "../../../executor/src/channel/frames.ts";
import { SealrunError as SdkError } from "../../../packages/sdk/src/error.ts";
import { decodeBody, encodeFrame as encodeAtSdk, readLengthLine } from "../../../packages/sdk/src/frames.ts";
import vectors from "../../vectors/script-frame.json" with { type: "json" };

interface Frame {
  readonly name: string;
  readonly head: object;
  readonly raw?: string;
  readonly bytes: string;
}

const frames: readonly Frame[] = vectors.frames;
const pieceSizes = [1, 2, 7, 1_000_000];

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

function rawOf({ raw }: Frame): Uint8Array | undefined {
  return raw === undefined ? undefined : fromBase64(raw);
}

function inPieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

/** What the executor reads from these pieces: the head's text and the raw bytes of each frame. */
function readAtExecutor(pieces: readonly Uint8Array[]) {
  const reader = createFrameReader();
  const bodies = pieces.flatMap((piece) => reader.push(piece));
  return bodies.map((body) => {
    const { head, raw } = splitBody(body);
    return { head: Buffer.from(head).toString(), raw: raw === undefined ? undefined : new Uint8Array(raw) };
  });
}

/** What the SDK reads when this many bytes have arrived; undefined while the frame is not whole. */
function readAtSdk(seen: Uint8Array) {
  const line = readLengthLine(seen);
  if (line === undefined || seen.length < line.start + line.length) return undefined;
  const { head, raw } = decodeBody(seen.subarray(line.start, line.start + line.length));
  return { head: JSON.stringify(head), raw: raw === undefined ? undefined : new Uint8Array(raw) };
}

describe("script-frame.json", () => {
  test.each(frames)("encodeFrame() of both sides gives the bytes of $name", (frame) => {
    expect(Buffer.from(encodeFrame(frame.head, rawOf(frame))).toString("base64")).toBe(frame.bytes);
    expect(Buffer.from(encodeAtSdk(frame.head, rawOf(frame))).toString("base64")).toBe(frame.bytes);
  });

  test.each(frames)("createFrameReader() reads $name whole and in pieces", (frame) => {
    const read = { head: JSON.stringify(frame.head), raw: rawOf(frame) };
    for (const size of pieceSizes) expect(readAtExecutor(inPieces(fromBase64(frame.bytes), size))).toEqual([read]);
  });

  test("createFrameReader() reads all vectors as one stream", () => {
    const stream = new Uint8Array(Buffer.concat(frames.map(({ bytes }) => fromBase64(bytes))));
    const read = frames.map((frame) => ({ head: JSON.stringify(frame.head), raw: rawOf(frame) }));
    for (const size of pieceSizes) expect(readAtExecutor(inPieces(stream, size))).toEqual(read);
  });

  test.each(frames)("decodeBody() reads $name once all of it has arrived, and not before", (frame) => {
    const bytes = fromBase64(frame.bytes);
    for (let end = 0; end < bytes.length; end += 1) expect(readAtSdk(bytes.subarray(0, end))).toBeUndefined();
    expect(readAtSdk(bytes)).toEqual({ head: JSON.stringify(frame.head), raw: rawOf(frame) });
  });

  test.each(frames)("encodeFrame() writes $name again after decodeBody() has read it", (frame) => {
    const bytes = fromBase64(frame.bytes);
    const { head, raw } = decodeBody(bytes.subarray(bytes.indexOf(0x0a) + 1));
    expect(head).toEqual(frame.head);
    expect(Buffer.from(encodeAtSdk(frame.head, raw)).equals(bytes)).toBe(true);
  });

  test.each(vectors.broken)("answerRequest() and its reader refuse $name as the vector says", async (broken) => {
    expect(await codeOf(() => answerAll(fromBase64(broken.bytes)))).toBe(broken.executor);
  });

  test.each(vectors.broken)("readLengthLine() and decodeBody() refuse $name as the vector says", async (broken) => {
    expect(await codeOf(() => readAtSdk(fromBase64(broken.bytes)))).toBe(broken.sdk);
  });
});

/** Reads bytes at the executor, and answers each request that they hold. */
async function answerAll(bytes: Uint8Array): Promise<void> {
  for (const body of createFrameReader().push(bytes)) await answerRequest(body, async () => ({}));
}

/** The code that an action is refused with; null when it is not refused. */
async function codeOf(action: () => unknown): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof SdkError) return error.code;
    throw error;
  }
}
