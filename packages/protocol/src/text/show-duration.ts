/**
 * A span of milliseconds for people, in two units at most, cut and not rounded up: "840 ms", "12.4 s", "3 min 5 s",
 * "2 h 10 min". A span that a wrong clock made negative, or that is no number, is "unknown".
 */
export function showDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "unknown";
  const wholeMs = Math.round(ms);
  if (wholeMs < 1_000) return `${wholeMs} ms`;
  if (wholeMs < 60_000) return `${(Math.floor(wholeMs / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(wholeMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A span that was set, to the millisecond and in seconds: "1.5 s", "0.05 s", "86400 s". */
export function showSeconds(ms: number): string {
  return `${Math.round(ms) / 1_000} s`;
}
