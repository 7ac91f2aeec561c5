import { z } from "zod";
import { closestName } from "./closest-name.ts";
import { describeIssue } from "./describe-issue.ts";
import { type ErrorCode } from "../error-codes.ts";
import { SealrunError } from "../error.ts";
import { limits } from "../limits.ts";
import { showName, showNames } from "./show-text.ts";
import { parseStrictJson } from "./strict-json.ts";

/** Reads one of a package's documents. Throws the given code with file, field path and what was expected. */
export function parseDocument<T>(schema: z.ZodType<T>, bytes: Uint8Array, about: { file: string; code: ErrorCode }): T {
  const options = { ...about, maxBytes: limits.documentBytes, maxDepth: limits.jsonDepth, named: "all" } as const;
  const parsed = schema.safeParse(parseStrictJson(bytes, options).value);
  if (parsed.success) return parsed.data;
  throw new SealrunError(about.code, `${about.file}: ${describeIssue(parsed.error)}`);
}

/** An object with only these fields. The error for an unknown field names the known field that was probably meant. */
export function fields<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, { error: refuseUnknown(Object.keys(shape)) });
}

/** The error function of a strict object: names an unknown field and the known field that was probably meant. */
export function refuseUnknown(known: readonly string[]): (issue: z.core.$ZodRawIssue) => string | undefined {
  return (issue) => {
    if (issue.code !== "unrecognized_keys") return undefined;
    const unknown = issue.keys[0] ?? "";
    const meant = closestName(unknown, known);
    if (known.length === 0) return `unknown field ${showName(unknown)}; there are none here`;
    const advice = meant === undefined ? `known are ${showNames(known)}` : `did you mean ${showName(meant)}?`;
    return `unknown field ${showName(unknown)}; ${advice}`;
  };
}
