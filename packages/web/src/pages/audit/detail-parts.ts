import type { AuditRow } from "@sealrun/protocol";

/** One detail of a row: its name in words, and its value. */
export interface DetailPart {
  readonly name: string;
  readonly text: string;
}

/** The details of a row of the audit, for people: `sealedAtBoundary: false` is "sealed at boundary" "no". */
export function detailParts(detail: AuditRow["detail"]): readonly DetailPart[] {
  return Object.entries(detail).map(([name, value]) => ({ name: inWords(name), text: showValue(value) }));
}

function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function showValue(value: AuditRow["detail"][string]): string {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    return value.length === 0 ? "none" : value.join(", ");
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
