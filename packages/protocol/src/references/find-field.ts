import { SealrunError } from "../error.ts";
import { parseJson } from "../text/decode.ts";
import { jsonObject, type JsonObject, type JsonValue } from "../text/json-value.ts";
import { findLostIntegers, lostIntegerAdvice } from "../text/lost-integers.ts";

/**
 * The value under these fields, each one level deeper; undefined when one is missing. A text that holds a JSON object
 * counts as that object; a whole number picks an item of a list.
 */
export function findField(value: JsonValue, fields: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const [index, field] of fields.entries()) {
    if (Array.isArray(found)) {
      found = /^(?:0|[1-9][0-9]{0,8})$/.test(field) ? found[Number(field)] : undefined;
      continue;
    }
    const object = objectOf(found);
    if (typeof found === "string" && object !== undefined) refuseLost(found, fields.slice(index));
    found = object !== undefined && Object.hasOwn(object, field) ? object[field] : undefined;
  }
  return found;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  if (typeof value !== "string" || !/^\s*\{/.test(value)) return undefined;
  try {
    // Rounded integers are accepted here and refused where they are a part of what is found.
    return jsonObject.safeParse(parseJson(value, { mayRound: true })).data;
  } catch {
    return undefined;
  }
}

/** Throws `REFERENCE_INVALID` when an integer under these fields of the JSON text would be rounded. */
function refuseLost(text: string, fields: readonly string[]): void {
  for (const { path } of findLostIntegers(text)) {
    if (fields.every((field, index) => field === String(path[index]))) {
      throw new SealrunError("REFERENCE_INVALID", `in the text that it reads as JSON: ${lostIntegerAdvice}`);
    }
  }
}
