import type { AuditRow } from "@sealrun/protocol";
import { showCount } from "../../parts/text/show-count.ts";

/** One detail of a row: its name in words, its value, and all of a value that is too long for a table. */
export interface DetailPart {
  readonly name: string;
  readonly text: string;
  readonly whole: string | undefined;
}

/** A longer list is shown by its number of entries. */
const maxItems = 8;
const maxText = 200;

/** The details of a row of the audit, for people: `sealedAtBoundary: false` is "sealed at boundary" "no". */
export function detailParts(detail: AuditRow["detail"]): readonly DetailPart[] {
  return Object.entries(detail).map(([name, value]) => ({ name: inWords(name), ...showValue(value) }));
}

type Value = AuditRow["detail"][string];

function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function showValue(value: Value): Pick<DetailPart, "text" | "whole"> {
  if (value === null) return { text: "none", whole: undefined };
  if (typeof value === "boolean") return { text: value ? "yes" : "no", whole: undefined };
  const items = itemsOf(value);
  if (items === undefined) return fold(typeof value === "object" ? JSON.stringify(value) : String(value));
  if (items.length === 0) return { text: "none", whole: undefined };
  const whole = items.join(", ");
  if (items.length <= maxItems) return fold(whole);
  return { text: `${showCount(items.length)} entries`, whole };
}

/** The entries of a list of plain values, or of an object of them as `NAME 3`. */
function itemsOf(value: Value): readonly string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const items: string[] = [];
  for (const [name, entry] of Object.entries(value)) {
    if (typeof entry === "object" && entry !== null) return undefined;
    items.push(Array.isArray(value) ? String(entry) : `${name} ${String(entry)}`);
  }
  return items;
}

function fold(text: string): Pick<DetailPart, "text" | "whole"> {
  if (text.length <= maxText) return { text, whole: undefined };
  return { text: `${text.slice(0, maxText / 2)}…`, whole: text };
}
