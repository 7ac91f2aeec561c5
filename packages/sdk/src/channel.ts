import { threadId } from "node:worker_threads";
import { areSockets, readSome, writeSome } from "./descriptor.ts";
import { SealrunError } from "./error.ts";
import { decodeBody, encodeFrame, readLengthLine } from "./frames.ts";
import { isJsonObject, type JsonObject } from "./json-value.ts";
import type { ScriptRequest } from "./request.ts";

const frames = 3;
const tokens = 4;
const token = Buffer.of(0x0a);
const chunkBytes = 65_536;
/** Allocated once: a new buffer for each answer costs more than the exchange. */
const chunk = Buffer.alloc(chunkBytes);
/** More than any frame of the executor; a larger length is garbage, not a reason to allocate. */
const maxFrameBytes = 256 * 1024 * 1024;
/** Far more nested calls than one exchange needs, including those inside node:fs. */
const spareCalls = 200;

let exchanges = 0;
/** Checked once: descriptors 3 and 4 do not change after the process has started. */
let hasSockets: boolean | undefined;
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
  requireStack(spareCalls);
  const { head } = decodeBody(exchangeBytes(frame));
  if (isJsonObject(head) && head["id"] === id) return head;
  throw breakChannel("the executor answered another request");
}

function requireChannel(): void {
  if (broken !== undefined) throw broken;
  hasSockets ??= process.env["SEALRUN_EXECUTION_ID"] !== undefined && areSockets(frames, tokens);
  if (hasSockets) return;
  throw new SealrunError(
    "CHANNEL_BROKEN",
    "sealrun: this process has no channel to its executor; ask for secrets in the script itself or one of its threads " +
      "or forks and pass the values on, or set SEALRUN_ENV=local to read ef_env.json",
  );
}

/** Overflows here rather than while this thread has the token, when the caller has nearly used up the stack. */
function requireStack(calls: number): number {
  return calls === 0 ? 0 : 1 + requireStack(calls - 1);
}

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
    throw isUnderWay ? breakChannel("the exchange with the executor was cut short", error) : error;
  } finally {
    // After half an exchange the next thread would read the wrong answer: then the token is not put back, and the
    // executor ends the run.
    if (!isUnderWay) putTokenBack();
  }
}

function takeToken(): void {
  if (readSome(tokens, Buffer.alloc(1)) === 0) throw breakChannel("the executor closed the channel");
}

function putTokenBack(): void {
  writeSome(tokens, token);
}

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
  const body = Buffer.allocUnsafe(length);
  let filled = chunk.copy(body, 0, start, seen);
  // The answer may be a secret, and the next one may be short.
  chunk.fill(0, 0, seen);
  while (filled < length) filled += readMore(body.subarray(filled));
  return body;
}

function readMore(buffer: Uint8Array): number {
  const count = readSome(frames, buffer);
  if (count === 0) throw breakChannel("the executor closed the channel");
  return count;
}

function breakChannel(reason: string, cause?: unknown): SealrunError {
  broken ??= new SealrunError("CHANNEL_BROKEN", `sealrun: ${reason}`, cause === undefined ? {} : { cause });
  return broken;
}
