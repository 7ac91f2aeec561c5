/** Runs work, at most `width` at once; work that arrives when all are busy waits for its turn. */
export type TakeTurns = <T>(work: () => Promise<T>) => Promise<T>;

/** Turns for `width` at once, first come, first served. */
export function createTurns(width: number): TakeTurns {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
