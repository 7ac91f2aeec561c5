import type { JsonValue } from "@sealrun/protocol";

/**
 * True for text without a character besides white space: what a failed command writes into a pipe, and what Enter leaves
 * at a prompt. An empty list, null and false are values.
 */
export function isEmptyValue(value: JsonValue): boolean {
  return typeof value === "string" && value.trim() === "";
}
