import type { AuditFilter } from "@sealrun/client";
import { startOfSpan, timeSpans } from "../../parts/time/time-spans.ts";
import { type AuditSearch, auditSpan } from "./search.ts";

/** The spans to choose from, in words, the shortest first. */
export const spanChoices = timeSpans.filter(({ value }) => isSpan(value)).map(({ value, label }) => ({ value, label }));

/** True for a span of the audit, as an address or a list gives it. */
export function isSpan(text: string | null): text is NonNullable<AuditSearch["span"]> {
  return auditSpan.safeParse(text).success;
}

/** The filter to ask the platform with. A span counts back from `nowMs`. */
export function filterOf({ span, ...search }: AuditSearch, nowMs: number): AuditFilter {
  return { ...search, since: span === undefined ? undefined : startOfSpan(span, nowMs) };
}

/** How many filters are set. */
export function countFilters(search: AuditSearch): number {
  return Object.values(search).filter((value) => value !== undefined).length;
}
