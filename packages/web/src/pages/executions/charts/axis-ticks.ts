import { roundStep } from "../../../parts/time/round-times.ts";

const maxSteps = 4;

/** Round numbers for an axis of counts, from 0 to the first one that is not below `max`; five at most, all equally far apart. */
export function countTicks(max: number): readonly number[] {
  return upTo(max, roundCount(max / maxSteps));
}

/** The same for durations, in milliseconds: 0, 500 ms, 1 s. */
export function durationTicks(maxMs: number): readonly number[] {
  return upTo(maxMs, roundStep(maxMs, maxSteps));
}

/** The first of 1, 2, 5, 10, 20, 50 and so on that is not below `least`. */
function roundCount(least: number): number {
  let power = 1;
  for (;;) {
    for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
    power *= 10;
  }
}

function upTo(max: number, step: number): readonly number[] {
  const steps = Math.max(Math.ceil(max / step), 1);
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}
