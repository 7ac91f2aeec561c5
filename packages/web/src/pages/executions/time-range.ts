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
