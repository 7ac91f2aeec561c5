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
 * Publishes the events of the outbox until closed: at once on a notification, when a delayed execution is due, and
 * every second in case a notification was missed. Any number of platforms may do this at the same time.
 */
export async function startDispatcher(deps: DispatchDeps): Promise<() => Promise<void>> {
  const closing = new AbortController();
  let notifications = 0;
  let working: Promise<void> | undefined;
  let alarm: NodeJS.Timeout | undefined;

  const work = async (): Promise<void> => {
    for (let handled = -1; handled !== notifications && !closing.signal.aborted;) {
      handled = notifications;
      try {
        await dispatchAll(deps, closing.signal);
        const ms = await msUntilDue(deps.database);
        clearTimeout(alarm);
        if (ms !== undefined && ms < pollMs) alarm = setTimeout(wake, Math.max(1, ms));
      } catch (error) {
        await deps.queues.failed(error);
      }
    }
    working = undefined;
  };
  const wake = (): void => {
    notifications += 1;
    if (!closing.signal.aborted) working ??= work();
  };

  // Sent by `ringOutbox`, mostly from `outbox/store.ts`.
  const stopListening = await deps.database.listen(outboxChannel, wake);
  const timer = setInterval(() => {
    if (deps.fitness.clockFault() !== undefined) return;
    renewExpiredEvents(deps.database).then(wake, (error: unknown) => {
      deps.log.warn({ err: error }, "Expired events could not be renewed; trying again");
    });
  }, pollMs);
  wake();
  return async () => {
    closing.abort();
    clearInterval(timer);
    clearTimeout(alarm);
    await stopListening();
    await working;
  };
}

/**
 * Publishes one execution of each pool in turn, until no pool has both capacity and a waiting execution. A failure in
 * one pool does not stop the others; it is thrown at the end.
 */
async function dispatchAll(deps: DispatchDeps, signal: AbortSignal): Promise<void> {
  // An event has PostgreSQL's time, and this process cannot know which of the two clocks is wrong.
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
        if (affectsEveryPool(error)) throw error;
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

/** An outage of NATS or PostgreSQL affects every pool; each would wait for the same timeout again. */
function affectsEveryPool(error: unknown): boolean {
  return troubleOf(error) !== undefined || toSealrunError(error).code !== "INTERNAL";
}
