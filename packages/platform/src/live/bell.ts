/** A bell that is heard even when it rings between listening and waiting. */
export interface Bell {
  readonly ring: () => void;
  /** Listens from now on; the returned function waits, and answers false when nothing rang in time. */
  readonly listen: () => (forMs: number) => Promise<boolean>;
}

/** A bell for one waiting stream; the signal's end rings it too. */
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
