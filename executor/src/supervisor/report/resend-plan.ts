const firstWaitMs = 2_000;
const maxWaitMs = 30_000;
/** How many chunks are sent again at once: few until those have arrived, because a backlog looks like a loss. */
const firstCount = 8;
const maxCount = 64;

/** What to do after an answer that lists missing chunks. */
interface ResendStep {
  /** Sequences to send again now. */
  readonly again: readonly number[];
  /** When to ask next. */
  readonly waitMs: number;
}

/** Decides after each answer which chunks of an attempt are sent again. */
export interface ResendPlan {
  /** `nowMs` is on the monotonic clock, `missing` in ascending order. */
  next(missing: readonly number[], nowMs: number): ResendStep;
}

/**
 * Chunks that are still on their way must not be sent twice. While some arrive, the plan waits for all. When none has
 * arrived for a while, the lowest few are sent again, because the rest waits for them. A stream keeps its order: once
 * those have arrived, the others are lost too, and more are sent again at a time.
 */
export function createResendPlan(): ResendPlan {
  let previous: readonly number[] = [];
  let quietSince = 0;
  let waitMs = firstWaitMs;
  let count = firstCount;
  let hasSent = false;
  return {
    next: (missing, nowMs) => {
      const still = new Set(missing);
      const before = new Set(previous);
      const someArrived = before.size === 0 || previous.some((sequence) => !still.has(sequence));
      previous = missing;
      if (someArrived) {
        if (hasSent) count = Math.min(2 * count, maxCount);
        hasSent = false;
        quietSince = nowMs;
        waitMs = firstWaitMs;
        return { again: [], waitMs };
      }
      const left = quietSince + waitMs - nowMs;
      if (left > 0) return { again: [], waitMs: left };
      hasSent = true;
      quietSince = nowMs;
      waitMs = Math.min(2 * waitMs, maxWaitMs);
      return { again: missing.filter((sequence) => before.has(sequence)).slice(0, count), waitMs };
    },
  };
}
