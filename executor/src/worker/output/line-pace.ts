import { limits } from "@sealrun/protocol";

/** A shorter wait is left out: the next line then waits a little longer. */
const minWaitMs = 20;

/** How fast the lines of one attempt may come: on average so many a second, and a burst at once. */
export interface LinePace {
  /** Counts one line; returns for how many ms it has to wait. Times are of a clock that never jumps. */
  take(nowMs: number): number;
}

export function createLinePace(linesPerSecond: number, burst: number = limits.outputBurstLines): LinePace {
  const lineMs = 1_000 / linesPerSecond;
  /** When the rate has caught up with all lines so far. */
  let evenAt = Number.NEGATIVE_INFINITY;
  return {
    take: (nowMs) => {
      evenAt = Math.max(evenAt, nowMs) + lineMs;
      const waitMs = evenAt - burst * lineMs - nowMs;
      return waitMs < minWaitMs ? 0 : waitMs;
    },
  };
}
