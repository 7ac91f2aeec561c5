import { toSealrunError } from "@sealrun/protocol";
import type { Span } from "./span.ts";
import type { BegunSpan } from "./tracer.ts";

/**
 * Does the work of a request, and ends its span with the fields of what it gives, or with the code of its error and the
 * fields that are known then. Without a span it only does the work.
 */
export async function inSpan<T>(
  span: BegunSpan | undefined,
  work: () => Promise<T>,
  fieldsOf: (given: T | undefined) => Span["fields"],
): Promise<T> {
  try {
    const given = await work();
    span?.end(fieldsOf(given));
    return given;
  } catch (error) {
    span?.end(fieldsOf(undefined), toSealrunError(error).code);
    throw error;
  }
}
