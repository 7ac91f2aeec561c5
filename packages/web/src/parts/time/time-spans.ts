import { z } from "zod";

/** How far back a page can look, the shortest first. */
export const timeSpans = [
  { value: "1h", short: "1 h", label: "Last hour", ms: 3_600_000 },
  { value: "24h", short: "24 h", label: "Last 24 hours", ms: 86_400_000 },
  { value: "7d", short: "7 days", label: "Last 7 days", ms: 604_800_000 },
  { value: "30d", short: "30 days", label: "Last 30 days", ms: 2_592_000_000 },
  { value: "90d", short: "90 days", label: "Last 90 days", ms: 7_776_000_000 },
] as const;

/** The name of a time span, as an address has it. */
export const spanName = z.enum(timeSpans.map(({ value }) => value));

/** The name of a time span, as an address has it. */
export type SpanName = z.infer<typeof spanName>;

/** A time span by its name. */
export function findSpan(name: SpanName): (typeof timeSpans)[number] {
  return timeSpans.find(({ value }) => value === name) ?? timeSpans[2];
}

/** The time, ISO 8601, at which a span that ends at `nowMs` began. */
export function startOfSpan(name: SpanName, nowMs: number): string {
  return new Date(nowMs - findSpan(name).ms).toISOString();
}
