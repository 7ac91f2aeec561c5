import { SealrunError } from "./error.ts";

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** The maximum nesting of any JSON document. */
const maxDepth = 32;

/** Throws `MALFORMED` unless JSON keeps `value` unchanged; the sentence names the place, not the value. */
export function requireJson(value: unknown, place: string): asserts value is JsonValue {
  const problem = findProblem(value, place, 1);
  if (problem !== undefined) throw new SealrunError("MALFORMED", `sealrun: ${problem}; nothing was sent`);
}

/** True for a value that is an object in JSON. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function findProblem(value: unknown, place: string, depth: number): string | undefined {
  if (value === null || typeof value === "boolean") return undefined;
  if (typeof value === "string") return value.isWellFormed() ? undefined : `${place} holds half of a surrogate pair`;
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : `${place} is ${value}, which JSON cannot keep`;
  if (typeof value !== "object") return `${place} is of type ${typeof value}, which JSON cannot keep`;
  if (depth > maxDepth) return `${place} is nested deeper than ${maxDepth} levels or holds itself`;
  if (Array.isArray(value)) {
    // By index, so that a hole is found as the undefined it reads as.
    for (let index = 0; index < value.length; index += 1) {
      const problem = findProblem(value[index], `${place}[${index}]`, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  return findProblemInObject(value, place, depth);
}

function findProblemInObject(value: object, place: string, depth: number): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A plain object of another realm (node:vm) has that realm's Object.prototype, whose own prototype is null.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return `${place} is an instance of a class; pass plain objects, arrays, strings, numbers, booleans or null`;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (!key.isWellFormed()) return `a key in ${place} holds half of a surrogate pair`;
    const problem = findProblem(inner, `${place}.${key}`, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
