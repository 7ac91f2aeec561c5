import type { AuditFilter } from "@sealrun/client";

/** What the address of the audit narrows it to. */
export interface AuditSearch {
  readonly project?: string | undefined;
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly object?: string | undefined;
  readonly span?: AuditSpan | undefined;
}

/** How far back. */
export type AuditSpan = keyof typeof spanMs;

const hourMs = 3_600_000;
const spanMs = { "1h": hourMs, "24h": 24 * hourMs, "7d": 7 * 24 * hourMs, "30d": 30 * 24 * hourMs } as const;

/** How far back, in words, the shortest first. */
export const spans: readonly { readonly value: AuditSpan; readonly label: string }[] = [
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];

/** True for one of `spans`, as an address or a list gives it. */
export function isSpan(text: string | null): text is AuditSpan {
  return spans.some(({ value }) => value === text);
}

/** What is asked of the platform for a search, at a time in milliseconds. */
export function filterOf({ span, ...search }: AuditSearch, nowMs: number): AuditFilter {
  return { ...search, since: span === undefined ? undefined : new Date(nowMs - spanMs[span]).toISOString() };
}

/** True when rows may be left out. */
export function isNarrowed(search: AuditSearch): boolean {
  return Object.values(search).some((value) => value !== undefined);
}
