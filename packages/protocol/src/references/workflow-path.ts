import { malformed } from "./cursor.ts";
import type { ReadExpression } from "./text-part.ts";

/** The start of Conductor's form. Any other `${…}` is plain text. */
export const workflowOpening = /\$\{\s*workflow\.secrets(?![A-Za-z0-9_-])/;

const whole = /\$\{\s*workflow\.secrets\.([A-Za-z_][A-Za-z0-9_.-]*)\s*\}/y;

/** Reads `${workflow.secrets.NAME.field}` at `start`. Throws `REFERENCE_INVALID`. */
export function readWorkflowPath(text: string, start: number): ReadExpression {
  whole.lastIndex = start;
  const found = whole.exec(text);
  const path = found?.[1];
  if (found === null || path === undefined || path.length > 1_024) {
    throw malformed(
      start,
      "expected ${workflow.secrets.NAME} or ${workflow.secrets.NAME.FIELD}, names of letters, digits, _ . - only; for the text itself, write \\${ instead of ${",
    );
  }
  return { expression: { kind: "path", path }, end: start + found[0].length };
}

/** Every way to split a path into a name and fields, the longest name first. */
export function splitsOf(path: string): readonly { readonly name: string; readonly fields: readonly string[] }[] {
  const segments = path.split(".");
  return segments.map((_, index) => ({
    name: segments.slice(0, segments.length - index).join("."),
    fields: segments.slice(segments.length - index),
  }));
}
