/** Work that a part does again and again. */
export interface Rounds {
  /** Asks for a round now. One that is under way is followed by another, however often this is called meanwhile. */
  readonly ring: () => void;
  /** Aborts the signal of the round that is under way, and waits for its end. */
  readonly close: () => Promise<void>;
}

/**
 * Does `round` at each `ring`, the first one included, and again when the ms are over that the last round returned; one at
 * a time, until closed. A round reports its own failures and returns how long to wait after one.
 */
export function createRounds(round: (signal: AbortSignal) => Promise<number>): Rounds {
  const closing = new AbortController();
  const { signal } = closing;
  let timer: NodeJS.Timeout | undefined;
  let rings = 0;
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    clearTimeout(timer);
    let waitMs = 0;
    for (let heard = -1; heard !== rings && !signal.aborted;) {
      heard = rings;
      waitMs = await round(signal);
    }
    working = undefined;
    if (!signal.aborted) timer = setTimeout(ring, Math.ceil(waitMs));
  };
  const ring = (): void => {
    rings += 1;
    if (!signal.aborted) working ??= work();
  };
  return {
    ring,
    close: async () => {
      closing.abort();
      clearTimeout(timer);
      await working;
    },
  };
}
