import { toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { type Queues, troubleOf } from "./queues.ts";
import { listWaitingPools } from "./choice-store.ts";
import { dispatchOne } from "./dispatch-one.ts";
import { markDue, msUntilDue, renewExpiredEvents } from "../outbox/store.ts";
import { outboxChannel } from "../postgres/channels.ts";

type DispatchDeps = Pick<Deps, "platformId" | "database" | "fitness" | "link" | "identity" | "storageKey" | "log"> & {
  readonly queues: Queues;
};

const pollMs = 1_000;

/**
 * Publishes the events of the outbox until closed: at once when it rings, when an execution's time comes, and every
 * second in case a ring was missed. Any number of platforms may do it beside each other.
 */
export async function startDispatcher(deps: DispatchDeps): Promise<() => Promise<void>> {
  const closing = new AbortController();
  let rings = 0;
  let working: Promise<void> | undefined;
  let alarm: NodeJS.Timeout | undefined;

  const work = async (): Promise<void> => {
    for (let heard = -1; heard !== rings && !closing.signal.aborted;) {
      heard = rings;
      try {
        await dispatchAll(deps, closing.signal);
        const ms = await msUntilDue(deps.database);
        clearTimeout(alarm);
        if (ms !== undefined && ms < pollMs) alarm = setTimeout(ring, Math.max(1, ms));
      } catch (error) {
        await deps.queues.failed(error);
      }
    }
    working = undefined;
  };
  const ring = (): void => {
    rings += 1;
    if (!closing.signal.aborted) working ??= work();
  };

  const stopListening = await deps.database.listen(outboxChannel, ring);
  const timer = setInterval(() => {
    if (deps.fitness.clockFault() !== undefined) return;
    renewExpiredEvents(deps.database).then(ring, (error: unknown) => {
      deps.log.warn({ err: error }, "Expired events could not be renewed; trying again");
    });
  }, pollMs);
  ring();
  return async () => {
    closing.abort();
    clearInterval(timer);
    clearTimeout(alarm);
    await stopListening();
    await working;
  };
}

/**
 * Goes round the pools, one execution of each at a time, until none has both room and work. What fails for one pool alone
 * holds up no other; it is thrown when they are done.
 */
async function dispatchAll(deps: DispatchDeps, signal: AbortSignal): Promise<void> {
  // An event bears PostgreSQL's time, and which of two clocks is wrong nobody knows here.
  if (deps.fitness.clockFault() !== undefined) return;
  await markDue(deps.database);
  let pools = await listWaitingPools(deps.database);
  const failures: unknown[] = [];
  while (pools.length > 0 && !signal.aborted) {
    const unfinished: string[] = [];
    for (const pool of pools) {
      if (signal.aborted) return;
      await deps.queues.ready();
      try {
        if (!(await dispatchOne(deps, pool))) continue;
      } catch (error) {
        if (concernsAll(error)) throw error;
        failures.push(error);
        continue;
      }
      await deps.queues.worked();
      unfinished.push(pool);
    }
    pools = unfinished;
  }
  if (failures.length > 0) throw failures[0];
}

/** NATS or PostgreSQL being away is the same for every pool, and each would wait for it anew. */
function concernsAll(error: unknown): boolean {
  return troubleOf(error) !== undefined || toSealrunError(error).code !== "INTERNAL";
}
