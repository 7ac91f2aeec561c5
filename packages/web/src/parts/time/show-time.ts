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

/** A span of milliseconds: "840 ms", "12.4 s", "3 min 5 s", "2 h 10 min". */
export function showDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
