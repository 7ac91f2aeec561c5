import { type ProcessStatistics, tickMs } from "./process-statistics.ts";

/** Adds up the time on processors of processes that come and go between looks. */
export interface ProcessorTime {
  /** Takes what was seen at one look, with the sandbox's first process; returns the milliseconds up to now. */
  readonly add: (seen: readonly ProcessStatistics[]) => number;
}

/**
 * Two sums, of which the larger counts. Children that were waited for are in their parent's time, however short they
 * lived; but a parent that ignores its children's ends never gets it, so what each process had when it was last seen is
 * added up too.
 */
export function createProcessorTime(): ProcessorTime {
  const lastSeen = new Map<string, number>();
  let goneTicks = 0;
  let maxMs = 0;
  return {
    add: (seen) => {
      let ownTicks = 0;
      let childTicks = 0;
      const now = new Map<string, number>();
      for (const one of seen) {
        now.set(`${one.id} ${one.startedAt}`, one.ownTicks);
        ownTicks += one.ownTicks;
        childTicks += one.childTicks;
      }
      for (const [key, ticks] of lastSeen) if (!now.has(key)) goneTicks += ticks;
      lastSeen.clear();
      for (const [key, ticks] of now) lastSeen.set(key, ticks);
      maxMs = Math.max(maxMs, (ownTicks + childTicks) * tickMs, (ownTicks + goneTicks) * tickMs);
      return maxMs;
    },
  };
}
