const units = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["week", 604_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How far a time is from now: "just now", "3 minutes ago", "in 2 hours". */
export function relativeTime(at: string, nowMs: number): string {
  const awayMs = Date.parse(at) - nowMs;
  const unit = units.find(([, ms]) => Math.abs(awayMs) >= ms);
  if (unit === undefined) return awayMs > 5_000 ? "in a moment" : "just now";
  return relative.format(Math.trunc(awayMs / unit[1]), unit[0]);
}

/** A time with its date, seconds and zone, in the reader's zone. */
export function exactTime(at: string): string {
  return new Date(at).toLocaleString("en-GB", {
    dateStyle: "medium",
    timeStyle: "long",
  });
}
