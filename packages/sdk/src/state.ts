import { ask, askForObject, askForValue } from "./ask.ts";
import { type JsonObject, type JsonValue, requireJson } from "./json-value.ts";
import { requireText } from "./secrets.ts";

/** The package's state, kept between runs: all keys, or the value of one key, null when it is not set. */
export function getState(): JsonObject;
export function getState(key: string): JsonValue;
export function getState(key?: string): JsonValue {
  if (key === undefined) return askForObject({ op: "state.get" });
  return askForValue({ op: "state.get", key: requireText(key, "a key of the state") });
}

/** Sets one key of the package's state; the other keys do not change. */
export function putState(key: string, value: JsonValue): void {
  requireJson(value, "the value");
  ask({ op: "state.put", key: requireText(key, "a key of the state"), value });
}
