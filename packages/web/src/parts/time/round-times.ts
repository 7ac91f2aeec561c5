const roundMs = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const roundSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];
const roundSteps = [...roundMs, ...roundSeconds.map((seconds) => seconds * 1_000)];
const dayMs = 86_400_000;

/** The smallest round time of which at most `maxSteps` fill `totalMs`: the step between the marks of an axis. */
export function roundStep(totalMs: number, maxSteps: number): number {
  return roundSteps.find((ms) => totalMs / ms <= maxSteps) ?? dayMs * Math.ceil(totalMs / dayMs / maxSteps);
}

/** A round time, without the tenths that a duration has. */
export function showRoundTime(ms: number): string {
  if (ms < 1_000) return ms === 0 ? "0" : `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
}
