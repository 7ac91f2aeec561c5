import { hostname } from "node:os";
import { judgeClocks, type SealrunError } from "@sealrun/protocol";
import type { Database } from "./database.ts";

/** Whether this process may answer for others: its database answers, and its clock agrees with the database's. */
export interface Fitness {
  readonly isAnswering: () => boolean;
  /** Why nothing may be done by this machine's clock: `CLOCK_WRONG`, which says how far off it is; undefined while it is right. */
  readonly clockFault: () => SealrunError | undefined;
  /** Hears of changes of either until the returned function is called. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
}

/** Where it is said that the clock is wrong, and that it is right again. */
interface FitnessLog {
  info(fields: object, message: string): void;
  error(fields: { readonly err: unknown; readonly kind: string }, message: string): void;
}

/** Looks every second, until closed; at first all counts as well. */
export function watchFitness(database: Pick<Database, "watch">, log: FitnessLog): Fitness {
  const listeners = new Set<() => void>();
  let isAnswering = true;
  let fault: SealrunError | undefined;
  const stop = database.watch((look) => {
    const before = { isAnswering, isWrong: fault !== undefined };
    isAnswering = look.isAnswering;
    // A database that is silent says nothing of its clock.
    if (look.isAnswering) fault = judgeClocks(look.aheadMs, { own: hostname(), other: "PostgreSQL" });
    const isWrong = fault !== undefined;
    if (isWrong && !before.isWrong) log.error({ err: fault, kind: "clock" }, "This part leaves its work to others");
    if (!isWrong && before.isWrong) log.info({}, "The clock is right again, and this part takes part in the work");
    if (isAnswering === before.isAnswering && isWrong === before.isWrong) return;
    for (const listener of listeners) listener();
  });
  return {
    isAnswering: () => isAnswering,
    clockFault: () => fault,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: stop,
  };
}

/**
 * Keeps something open while this process is fit: whoever shares requests with others must not take those that it cannot
 * answer. `open` is called now, if it is fit, and whenever it is fit again; what it gives closes it. The returned function
 * ends both.
 */
export function openWhileFit(fitness: Fitness, open: () => () => Promise<void>): () => Promise<void> {
  let close: (() => Promise<void>) | undefined;
  let closing = Promise.resolve();
  const follow = (): void => {
    const isFit = fitness.isAnswering() && fitness.clockFault() === undefined;
    if (isFit) close ??= open();
    else if (close !== undefined) {
      const closeNow = close;
      close = undefined;
      closing = Promise.all([closing, closeNow()]).then(() => undefined);
    }
  };
  follow();
  const stopFollowing = fitness.onChange(follow);
  return async () => {
    stopFollowing();
    await Promise.all([closing, close?.()]);
  };
}
