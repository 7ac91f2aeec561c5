/** Presets for how far back executions are looked at. */
export const spans = [
  { value: "1h", label: "1 h", words: "the last hour", ms: 3_600_000 },
  { value: "24h", label: "24 h", words: "the last 24 hours", ms: 86_400_000 },
  { value: "7d", label: "7 days", words: "the last 7 days", ms: 604_800_000 },
  { value: "30d", label: "30 days", words: "the last 30 days", ms: 2_592_000_000 },
  { value: "90d", label: "90 days", words: "the last 90 days", ms: 7_776_000_000 },
] as const;
export type SpanName = (typeof spans)[number]["value"];

/** What an address without any time means. */
export const usualSpan: SpanName = "7d";

/** A preset by its name. */
export function findSpan(name: SpanName): (typeof spans)[number] {
  return spans.find(({ value }) => value === name) ?? spans[2];
}

const format = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** A time from `since` to `until`, ISO 8601, in the reader's zone: "21 Nov, 10:00 – 21 Nov, 10:30". */
export function showRange(since: string | undefined, until: string | undefined): string {
  if (since === undefined && until === undefined) return "any time";
  if (until === undefined) return `since ${show(since)}`;
  if (since === undefined) return `before ${show(until)}`;
  return `${show(since)} – ${show(until)}`;
}

function show(at: string | undefined): string {
  const ms = Date.parse(at ?? "");
  return Number.isNaN(ms) ? "?" : format.format(ms);
}

/** What a `datetime-local` field shows for a time, in the reader's zone; empty for none. */
export function toLocalField(at: string | undefined): string {
  const ms = Date.parse(at ?? "");
  if (Number.isNaN(ms)) return "";
  const zoneMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - zoneMs).toISOString().slice(0, 16);
}

/** The time that a `datetime-local` field holds, ISO 8601; undefined for none. */
export function ofLocalField(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
