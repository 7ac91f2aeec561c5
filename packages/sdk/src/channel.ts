import { threadId } from "node:worker_threads";
import { isChannel, isPeerGone, readSome, writeSome } from "./descriptor.ts";
import { SealrunError } from "./error.ts";
import { decodeBody, encodeFrame, readLengthLine } from "./frames.ts";
import { isJsonObject, type JsonObject } from "./json-value.ts";
import type { ScriptRequest } from "./request.ts";

const frames = 3;
const tokens = 4;
const token = Buffer.of(0x0a);
const taken = Buffer.alloc(1);
const chunkBytes = 65_536;
/** Allocated once: a new buffer for each answer costs more than the exchange. */
const chunk = Buffer.alloc(chunkBytes);
/** More than any frame of the executor; a larger length is garbage, not a reason to allocate. */
const maxFrameBytes = 256 * 1024 * 1024;
/** 12 KB of arguments for one call, far more stack than an exchange needs with what is inside node:fs. */
const spareStack = Array.from({ length: 1_500 }, () => 0);

let exchanges = 0;
/** Checked once: descriptors 3 and 4 do not change after the process has started. */
let hasChannel: boolean | undefined;
/** Nothing more comes on descriptor 3. */
let isClosed = false;
let broken: SealrunError | undefined;

/**
 * Asks the executor and returns the head of its answer. Blocks: one token, taken before and put back after, lets one
 * thread or process at a time through, so that none reads the answer of another.
 * Throws `CHANNEL_BROKEN` when this process has no channel or the executor is gone.
 */
export function exchange(request: ScriptRequest): JsonObject {
  requireChannel();
  exchanges += 1;
  const id = `${process.pid}.${threadId}.${exchanges}`;
  // Everything that can fail without the executor is done before the token is taken.
  const frame = encodeFrame({ id, ...request });
  requireStack();
  const body = exchangeBytes(frame);
  try {
    const { head } = decodeBody(body);
    if (isJsonObject(head) && head["id"] === id) return head;
    throw breakChannel("the executor answered another request");
  } finally {
    // The answer may be a secret, and the next one in the same buffer may be short.
    body.fill(0);
  }
}

function requireChannel(): void {
  if (broken !== undefined) throw broken;
  hasChannel ??= process.env["SEALRUN_EXECUTION_ID"] !== undefined && isChannel(frames, tokens);
  if (hasChannel) return;
  throw new SealrunError(
    "CHANNEL_BROKEN",
    "sealrun: this process has no channel to its executor; ask for secrets in the script itself or one of its threads " +
      "or forks and pass the values on, or set SEALRUN_ENV=local to read ef_env.json",
  );
}

/** Overflows here rather than while this thread has the token, when the caller has nearly used up the stack. */
function requireStack(): void {
  // Nested calls that take as much stack take six times as long.
  Reflect.apply(doNothing, undefined, spareStack);
}

function doNothing(): void {}

function exchangeBytes(frame: Uint8Array): Uint8Array {
  takeToken();
  let isUnderWay = false;
  try {
    let written = 0;
    while (written < frame.byteLength) {
      written += writeSome(frames, frame.subarray(written));
      isUnderWay = true;
    }
    const body = readBody();
    isUnderWay = false;
    return body;
  } catch (error) {
    if (isPeerGone(error)) throw breakClosed(error);
    throw isUnderWay ? breakChannel("the exchange with the executor was cut short", error) : error;
  } finally {
    // After half an exchange the next thread would read the wrong answer: then the token is not put back, and the
    // executor ends the run. On a closed channel there is no answer, and the next thread must not wait for the token.
    if (!isUnderWay || isClosed) putTokenBack();
  }
}

function takeToken(): void {
  let count: number;
  try {
    count = readSome(tokens, taken);
  } catch (error) {
    // Another pipe that a script has put there, such as its own output, may be open for writing only.
    throw breakChannel("descriptor 4 is not the token's pipe", error);
  }
  if (count === 0) throw breakClosed();
}

function putTokenBack(): void {
  writeSome(tokens, token);
}

/** The body of the reply; a short one is a part of `chunk`, which the next exchange writes over. */
function readBody(): Uint8Array {
  let seen = 0;
  let line: ReturnType<typeof readLengthLine>;
  do {
    seen += readMore(chunk.subarray(seen));
    line = readLengthLine(chunk.subarray(0, seen));
  } while (line === undefined);
  const { start, length } = line;
  // Only one exchange runs at a time, so bytes past the end belong to no answer.
  if (length > maxFrameBytes || seen - start > length) throw breakChannel("the executor sent more than its answer");
  if (seen - start === length) return chunk.subarray(start, seen);
  const body = Buffer.allocUnsafe(length);
  let filled = chunk.copy(body, 0, start, seen);
  chunk.fill(0, 0, seen);
  while (filled < length) filled += readMore(body.subarray(filled));
  return body;
}

function readMore(buffer: Uint8Array): number {
  const count = readSome(frames, buffer);
  if (count === 0) throw breakClosed();
  return count;
}

function breakClosed(cause?: unknown): SealrunError {
  isClosed = true;
  return breakChannel("the executor closed the channel", cause);
}

function breakChannel(reason: string, cause?: unknown): SealrunError {
  broken ??= new SealrunError("CHANNEL_BROKEN", `sealrun: ${reason}`, cause === undefined ? {} : { cause });
  return broken;
}
