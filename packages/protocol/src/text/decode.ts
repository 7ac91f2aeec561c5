import type { z } from "zod";
import { findExpectation } from "./describe-issue.ts";
import { SealrunError } from "../error.ts";
import { limits } from "../limits.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A value may have `limits.jsonDepth` levels; the message around it adds its own. */
const maxDepth = limits.jsonDepth + 16;

/** Reads outside bytes as `T`; throws `MALFORMED` naming the path that failed and what was expected, never the value found. */
export function decode<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  const text = decodeUtf8(bytes);
  if (typeof text !== "string") throw new SealrunError("MALFORMED", `Expected UTF-8 at byte ${text.invalidAt}`);
  return decodeText(schema, text);
}

/** Reads outside text as `T`; throws like `decode`. */
export function decodeText<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const { path, expected } = findExpectation(parsed.error);
  const sentence = expected.charAt(0).toUpperCase() + expected.slice(1);
  throw new SealrunError("MALFORMED", path === "" ? sentence : `${sentence} at ${path}`);
}

/**
 * The only place where JSON is parsed. Throws `MALFORMED` for text that is not JSON, nests too deep, or holds a
 * `__proto__` key. The engine's error quotes the text that it failed on, so it is not kept as a cause.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SealrunError("MALFORMED", "Expected JSON");
  }
  checkShape(value);
  return value;
}

/** Schemas recurse, and silently drop a `__proto__` key: both are refused before a schema sees the value. */
function checkShape(root: unknown): void {
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new SealrunError("MALFORMED", `Expected JSON nested at most ${maxDepth} deep`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      if (!Array.isArray(value) && Object.hasOwn(value, "__proto__")) {
        throw new SealrunError("MALFORMED", "Expected JSON without a key named __proto__");
      }
      for (const inner of Object.values(value)) if (typeof inner === "object" && inner !== null) next.push(inner);
    }
    level = next;
  }
}
