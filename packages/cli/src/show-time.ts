/** An ISO time for people: UTC, to the second; a dash for none. */
export function showTime(time: string | null): string {
  return time === null ? "-" : time.replace("T", " ").replace(/(?:\.\d+)?Z$/, "Z");
}

/** A duration for people. */
export function showDuration(ms: number | null): string {
  if (ms === null) return "-";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
