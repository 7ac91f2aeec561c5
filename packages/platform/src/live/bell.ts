/** Wakes one waiting stream. A ring between `listen` and the wait is not lost. */
export interface Bell {
  readonly ring: () => void;
  /** Starts to listen; the returned function waits for a ring and answers false on timeout. */
  readonly listen: () => (forMs: number) => Promise<boolean>;
}

/** A bell for one waiting stream; aborting the signal rings it too. */
export function createBell(signal: AbortSignal): Bell {
  let ring = (): void => undefined;
  return {
    ring: () => ring(),
    listen: () => {
      let wake: (rung: boolean) => void;
      const rung = new Promise<boolean>((resolve) => (wake = resolve));
      ring = () => wake(true);
      return async (forMs) => {
        const stop = (): void => wake(true);
        const timer = setTimeout(() => wake(false), forMs);
        signal.addEventListener("abort", stop, { once: true });
        if (signal.aborted) stop();
        try {
          return await rung;
        } finally {
          clearTimeout(timer);
          signal.removeEventListener("abort", stop);
        }
      };
    },
  };
}
