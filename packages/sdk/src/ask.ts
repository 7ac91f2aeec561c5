import { exchange } from "./channel.ts";
import { SealrunError } from "./error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { answerLocally, isLocal } from "./local.ts";
import type { ScriptRequest } from "./request.ts";

/** Sends one request to the executor, or in local mode to the local files. A refusal is thrown with its code. */
export function ask(request: ScriptRequest): JsonObject {
  const reply = isLocal() ? answerLocally(request) : exchange(request);
  if (reply["ok"] === true) return reply;
  throw new SealrunError(textOr(reply["code"], "CHANNEL_BROKEN"), textOr(reply["message"], "sealrun: refused"));
}

/** The value of the answer to `request`; null when there is none. */
export function askForValue(request: ScriptRequest): JsonValue {
  return ask(request)["value"] ?? null;
}

/** The value of the answer to `request` when that is an object, else an empty object. */
export function askForObject(request: ScriptRequest): JsonObject {
  const value = askForValue(request);
  return isJsonObject(value) ? value : {};
}

function textOr(value: JsonValue | undefined, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
