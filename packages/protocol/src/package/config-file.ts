import { parseDocument } from "../text/document.ts";
import { type JsonObject, jsonObject } from "../text/json-value.ts";

/** Reads a config.json: one JSON object. Throws `CONFIG_FILE_INVALID` with the place and what was expected. */
export function parseConfigFile(bytes: Uint8Array): JsonObject {
  return parseDocument(jsonObject, bytes, { file: "config.json", code: "CONFIG_FILE_INVALID" });
}
