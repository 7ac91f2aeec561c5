import { ask, askForObject, askForValue } from "./ask.ts";
import { type JsonObject, type JsonValue, requireJson } from "./json-value.ts";
import { requireText } from "./secrets.ts";

/** The package's state, kept between runs: every key, or the value of one key and null when it has none. */
export function getState(): JsonObject;
export function getState(key: string): JsonValue;
export function getState(key?: string): JsonValue {
  if (key === undefined) return askForObject({ op: "state.get" });
  return askForValue({ op: "state.get", key: requireText(key, "a key of the state") });
}

/** Sets one key of the package's state and leaves the others as they are. */
export function putState(key: string, value: JsonValue): void {
  requireJson(value, "the value");
  ask({ op: "state.put", key: requireText(key, "a key of the state"), value });
}
