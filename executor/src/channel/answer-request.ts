import { decode, decodeText, jsonValue, SealrunError, scriptRequest, toSealrunError } from "@sealrun/protocol";
import type { ScriptReply, ScriptRequest } from "@sealrun/protocol";
import { encodeFrame, splitBody } from "./frames.ts";

/** What a request is answered with; id, `ok` and the raw form are the channel's matter. */
export type ScriptAnswer = Omit<Extract<ScriptReply, { ok: true }>, "id" | "ok" | "raw">;

/**
 * Answers one request. A raw value has been put in `value` (in `message` for a log line) before. A `SealrunError` it
 * throws is the script's to see, anything else reaches the script as `INTERNAL` without its text.
 */
export type ScriptHandler = (request: ScriptRequest) => Promise<ScriptAnswer>;

/** The reply frame for one request body. Throws `CHANNEL_BROKEN` when the body does not even hold an id to answer to. */
export async function answerRequest(body: Uint8Array, handle: ScriptHandler): Promise<Uint8Array> {
  const { head, raw } = splitBody(body);
  let id: string | undefined;
  try {
    const asked = decode(scriptRequest, head);
    id = asked.id;
    const request = withRaw(asked, raw);
    return encodeAnswer(request, await handle(request));
  } catch (error) {
    const { code, message } = toSealrunError(error);
    return encodeFrame({ id: id ?? readId(head), ok: false, code, message });
  }
}

const requestId = scriptRequest.options[0].pick({ id: true });

function readId(head: Uint8Array): string {
  try {
    return decode(requestId, head).id;
  } catch (cause) {
    throw new SealrunError("CHANNEL_BROKEN", "The script wrote a request without an id on descriptor 3", { cause });
  }
}

/** The request with the value that followed its head. A `set` without any value is refused: null must be said. */
function withRaw(request: ScriptRequest, raw: Uint8Array | undefined): ScriptRequest {
  if (request.op === "log") return request.raw === true ? { ...request, message: readText(raw) } : request;
  if (request.op === "event.send" || request.op === "schedule") return withFields(request, raw);
  if (request.op !== "set" && request.op !== "state.put" && request.op !== "result") return request;
  if (request.raw === true) {
    const text = readText(raw);
    return { ...request, value: request.json === true ? decodeText(jsonValue, text) : text };
  }
  if (request.value === undefined) throw new SealrunError("MALFORMED", "Expected a value");
  return request;
}

/** The fields of an event or of a later run; nothing, or an empty standard input, is no field. */
function withFields<T extends Extract<ScriptRequest, { op: "event.send" | "schedule" }>>(
  request: T,
  raw: Uint8Array | undefined,
): T {
  if (request.raw !== true || raw === undefined || raw.length === 0) return request;
  return { ...request, value: decodeText(jsonValue, readText(raw)) };
}

/** A byte order mark is part of the value: a string comes back as it went in. */
function readText(raw: Uint8Array | undefined): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw ?? new Uint8Array());
  } catch (cause) {
    throw new SealrunError("MALFORMED", "Expected the value as UTF-8 text; encode binary data first, as base64 say", {
      cause,
    });
  }
}

function encodeAnswer(request: ScriptRequest, answer: ScriptAnswer): Uint8Array {
  const { value, ...rest } = answer;
  const { id } = request;
  if (!wantsRaw(request)) return encodeFrame({ id, ok: true, ...answer });
  if (answer.found === false || value === undefined) return encodeFrame({ id, ok: true, ...rest });
  return encodeFrame(
    { id, ok: true, ...rest, raw: true },
    Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
  );
}

function wantsRaw(request: ScriptRequest): boolean {
  if (request.op === "state.get") return request.raw === true && request.key !== undefined;
  return (
    (request.op === "get" ||
      request.op === "param" ||
      request.op === "event.send" ||
      request.op === "schedule" ||
      request.op === "input" ||
      request.op === "env") &&
    request.raw === true
  );
}
