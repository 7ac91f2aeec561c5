import { hostname } from "node:os";
import { judgeClocks, type SealrunError } from "@sealrun/protocol";
import type { Database } from "./database.ts";

/** Whether this process may answer for others: its database answers, and its clock agrees with the database's. */
export interface Fitness {
  readonly isAnswering: () => boolean;
  /**
   * `CLOCK_WRONG` while this machine's clock must not be used; it says how far off the clock is. Undefined while it is
   * right.
   */
  readonly clockFault: () => SealrunError | undefined;
  /** Calls `listener` when either changes, until the returned function is called. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
}

/** The log for a wrong clock, and for its end. */
interface FitnessLog {
  info(fields: object, message: string): void;
  error(fields: { readonly err: unknown; readonly kind: string }, message: string): void;
}

/** Follows the probes of the database until closed. Before the first one the process counts as fit. */
export function watchFitness(database: Pick<Database, "watch">, log: FitnessLog): Fitness {
  const listeners = new Set<() => void>();
  let isAnswering = true;
  let fault: SealrunError | undefined;
  const stop = database.watch((look) => {
    const before = { isAnswering, isWrong: fault !== undefined };
    isAnswering = look.isAnswering;
    // A silent database gives no time to compare with.
    if (look.isAnswering) fault = judgeClocks(look.aheadMs, { own: hostname(), other: "PostgreSQL" });
    const isWrong = fault !== undefined;
    if (isWrong && !before.isWrong)
      log.error({ err: fault, kind: "clock" }, "The clock is wrong: this process leaves its work to others");
    if (!isWrong && before.isWrong) log.info({}, "The clock is right again: this process works again");
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
 * Keeps something open while this process is fit: a process that shares requests with others must not take requests
 * that it cannot answer. Calls `open` now, if the process is fit, and whenever it is fit again; `open` returns how to
 * close. The returned function ends both.
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
