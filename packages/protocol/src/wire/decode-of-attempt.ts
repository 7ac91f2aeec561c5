import { z } from "zod";
import { decodeValue, parseBytes } from "../text/decode.ts";
import { SealrunError } from "../error.ts";
import { executionId } from "../names.ts";
import type { AttemptRef } from "./execution.ts";
import type { FrameHeader } from "./frame.ts";

/** PostgreSQL's integer. */
const maxAttempt = 2_147_483_647;
const inHeader = z.object({ executionId, attempt: z.number().int().positive().max(maxAttempt) });
const inBody = z.object({ executionId: z.unknown(), attempt: z.unknown() }).partial();

/** A verified frame about what a script does. */
export interface AttemptFrame {
  readonly header: Pick<FrameHeader, "executionId" | "attempt">;
  readonly body: Uint8Array;
}

/**
 * Reads a frame about what a script does. Its header names the attempt. The body need not, and `MALFORMED` is thrown for
 * one that names another: it may be written by a process that may speak for its own attempt only. Otherwise fails as
 * `decode`.
 */
export function decodeOfAttempt<T extends object>(
  schema: z.ZodType<T>,
  { header, body }: AttemptFrame,
): T & AttemptRef {
  const ref = readHeader(header);
  const value = parseBytes(body);
  checkNames(value, ref);
  return { ...decodeValue(schema, value), ...ref };
}

function readHeader(header: AttemptFrame["header"]): AttemptRef {
  const named = inHeader.safeParse(header);
  if (named.success) return named.data;
  throw new SealrunError("MALFORMED", "Expected the execution and the attempt in the header of the message");
}

function checkNames(body: unknown, { executionId: id, attempt }: AttemptRef): void {
  const named = inBody.safeParse(body).data ?? {};
  if ((named.executionId ?? id) === id && (named.attempt ?? attempt) === attempt) return;
  throw new SealrunError(
    "MALFORMED",
    "Expected no execution and attempt in the body of the message, or those of its header",
  );
}
