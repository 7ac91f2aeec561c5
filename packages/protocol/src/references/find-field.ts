import { parseJson } from "../text/decode.ts";
import { jsonObject, type JsonObject, type JsonValue } from "../text/json-value.ts";

/**
 * The value under these fields, each one level deeper; undefined when one is missing. A text that holds a JSON object
 * counts as that object; a whole number picks an item of a list.
 */
export function findField(value: JsonValue, fields: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const field of fields) {
    if (Array.isArray(found)) {
      found = /^(?:0|[1-9][0-9]{0,8})$/.test(field) ? found[Number(field)] : undefined;
      continue;
    }
    const object = objectOf(found);
    found = object !== undefined && Object.hasOwn(object, field) ? object[field] : undefined;
  }
  return found;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  if (typeof value !== "string" || !/^\s*\{/.test(value)) return undefined;
  try {
    return jsonObject.safeParse(parseJson(value)).data;
  } catch {
    return undefined;
  }
}
