/** Random choices that a seed repeats. */
export interface SeededRandom {
  /** From 0 to 1, without 1. */
  readonly next: () => number;
  /** A whole number from 0 to `below`, without it. */
  readonly whole: (below: number) => number;
  readonly pick: <T>(choices: readonly T[]) => T;
}

/** The same seed gives the same choices: mulberry32. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    next,
    whole,
    pick: (choices) => {
      const chosen = choices[whole(choices.length)];
      if (chosen === undefined) throw new RangeError("there is nothing to choose from");
      return chosen;
    },
  };
}
