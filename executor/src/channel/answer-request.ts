import {
  decodeText,
  findLostIntegers,
  jsonValue,
  lostIntegerAdvice,
  SealrunError,
  scriptRequest,
  showName,
  toSealrunError,
} from "@sealrun/protocol";
import type { JsonValue, ScriptReply, ScriptRequest } from "@sealrun/protocol";
import { encodeFrame, splitBody } from "./frames.ts";

/** The answer to a request; the channel adds the id, `ok` and the raw form. */
export type ScriptAnswer = Omit<Extract<ScriptReply, { ok: true }>, "id" | "ok" | "raw">;

/**
 * Answers one request. A raw value has already been put into `value` (into `message` for a log line). The script gets
 * the code and text of a `SealrunError`; any other error reaches it as `INTERNAL`, without its text.
 */
export type ScriptHandler = (request: ScriptRequest) => Promise<ScriptAnswer>;

/** The reply frame for one request body. Throws `CHANNEL_BROKEN` when the body has no id to answer to. */
export async function answerRequest(body: Uint8Array, handle: ScriptHandler): Promise<Uint8Array> {
  const { head, raw } = splitBody(body);
  let id: string | undefined;
  try {
    const text = readText(head);
    const asked = decodeText(scriptRequest, text, { mayRound: true });
    id = asked.id;
    refuseRounded(asked, text);
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
    return decodeText(requestId, readText(head), { mayRound: true }).id;
  } catch (cause) {
    throw new SealrunError("CHANNEL_BROKEN", "The script wrote a request without an id on descriptor 3", { cause });
  }
}

/** The request with the value that followed its head. A `set` without a value is refused: null must be explicit. */
function withRaw(request: ScriptRequest, raw: Uint8Array | undefined): ScriptRequest {
  if (request.op === "log") return request.raw === true ? { ...request, message: readText(raw) } : request;
  if (request.op === "event.send" || request.op === "schedule") return withFields(request, raw);
  if (request.op !== "set" && request.op !== "state.put" && request.op !== "result") return request;
  if (request.raw === true) {
    const text = readText(raw);
    return { ...request, value: request.json === true ? readValue(request, text) : text };
  }
  if (request.value === undefined) throw new SealrunError("MALFORMED", "Expected a value");
  return request;
}

/**
 * The request with the fields of an event or of a later run. Without a raw value, or with an empty one, there are none.
 */
function withFields<T extends Extract<ScriptRequest, { op: "event.send" | "schedule" }>>(
  request: T,
  raw: Uint8Array | undefined,
): T {
  if (request.raw !== true || raw === undefined || raw.length === 0) return request;
  return { ...request, value: readValue(request, readText(raw)) };
}

function readValue(request: ScriptRequest, text: string): JsonValue {
  const value = decodeText(jsonValue, text, { mayRound: true });
  refuseRounded(request, text);
  return value;
}

/** The error names what the value is for, and no place inside it: keys of a secret's value are secret too. */
function refuseRounded(request: ScriptRequest, text: string): void {
  const [lost] = findLostIntegers(text);
  if (lost !== undefined) throw new SealrunError("MALFORMED", `${showTarget(request)}: ${lostIntegerAdvice}`);
}

function showTarget(request: ScriptRequest): string {
  switch (request.op) {
    case "set":
      return `The value of the secret ${showName(request.name)}`;
    case "state.put":
      return `The value of the state ${showName(request.key)}`;
    case "event.send":
      return "The data of the event";
    case "schedule":
      return "The parameters of the later run";
    default:
      return `The value of ${request.op}`;
  }
}

/** A byte order mark is part of the value, so that a string comes back unchanged. */
const strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readText(raw: Uint8Array | undefined): string {
  try {
    return strictText.decode(raw ?? new Uint8Array());
  } catch (cause) {
    throw new SealrunError(
      "MALFORMED",
      "Expected the value as UTF-8 text; encode binary data first, for example as base64",
      {
        cause,
      },
    );
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
