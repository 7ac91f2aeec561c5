import type { z } from "zod";
import { findExpectation } from "./describe-issue.ts";
import { SealrunError } from "../error.ts";
import { limits } from "../limits.ts";
import { findLostIntegers, lostIntegerAdvice } from "./lost-integers.ts";
import { showPath } from "./show-text.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A value may have `limits.jsonDepth` levels; the message around it adds its own. */
const maxDepth = limits.jsonDepth + 16;

interface ParseOptions {
  /** True when the caller refuses rounded integers itself, or may have them. */
  readonly mayRound?: boolean;
}

/** Reads outside bytes as `T`; throws `MALFORMED` naming the path that failed and what was expected, never the value found. */
export function decode<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  return decodeValue(schema, parseBytes(bytes));
}

/** Reads outside text as `T`; throws like `decode`. */
export function decodeText<T>(schema: z.ZodType<T>, text: string, options?: ParseOptions): T {
  return decodeValue(schema, parseJson(text, options));
}

/** Reads parsed JSON as `T`; throws like `decode`. */
export function decodeValue<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, expected } = findExpectation(parsed.error);
  const sentence = expected.charAt(0).toUpperCase() + expected.slice(1);
  throw new SealrunError("MALFORMED", path === "" ? sentence : `${sentence} at ${path}`);
}

/** Parses outside bytes; throws like `parseJson`, and `MALFORMED` for bytes that are not UTF-8. */
export function parseBytes(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (typeof text !== "string") throw new SealrunError("MALFORMED", `Expected UTF-8 at byte ${text.invalidAt}`);
  return parseJson(text);
}

/**
 * The only place where JSON is parsed. Throws `MALFORMED` for text that is not JSON, nests too deep, or holds a
 * `__proto__` key or an integer that would be rounded; with `mayRound` such an integer is read as the nearest double. The
 * engine's error quotes the text that it failed on, so it is not kept as a cause.
 */
export function parseJson(text: string, { mayRound = false }: ParseOptions = {}): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SealrunError("MALFORMED", "Expected JSON");
  }
  checkShape(value);
  if (!mayRound) checkIntegers(text);
  return value;
}

function checkIntegers(text: string): void {
  for (const { path, line } of findLostIntegers(text)) {
    const field = path.length === 0 ? "" : `${showPath(path)}, `;
    throw new SealrunError("MALFORMED", `At ${field}line ${line}: ${lostIntegerAdvice}`);
  }
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
