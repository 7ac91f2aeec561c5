import { sha256Hex } from "@sealrun/crypto";
import type { JsonValue } from "@sealrun/protocol";

/**
 * Returns a function that gives the first copy of a value to keep, however often an equal one comes: a script can set
 * one value under names without end. How many different ones there are is bounded by the masker's memory.
 */
export function createOneCopy(): (value: JsonValue) => JsonValue {
  const kept = new Map<string, JsonValue>();
  return (value) => {
    const digest = sha256Hex(Buffer.from(JSON.stringify(value)));
    const known = kept.get(digest);
    if (known !== undefined) return known;
    kept.set(digest, value);
    return value;
  };
}
