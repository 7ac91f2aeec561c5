import { limits, toSealrunError } from "@sealrun/protocol";
import type { Kept } from "../cache/kept.ts";
import type { Deps } from "../deps.ts";
import { markDue, renewExpiredEvents } from "../outbox/store.ts";
import { outboxChannel, poolOf, roomMade } from "../postgres/channels.ts";
import { lookForWork } from "./choice-store.ts";
import { dispatchBatch } from "./dispatch-batch.ts";
import { type Queues, troubleOf } from "./queues.ts";

type DispatchDeps = Pick<Deps, "platformId" | "database" | "fitness" | "link" | "identity" | "storageKey" | "log"> & {
  readonly queues: Queues;
  readonly kept: Pick<Kept, "getVersion">;
};

/**
 * After a failure, and while executions wait: their pool may be full, or locked by a platform that ends before it
 * publishes.
 */
const retryMs = 1_000;

/**
 * Publishes the events of the outbox until closed: at once on a notification, when a delayed execution is due, when an
 * event expires, and every `limits.safetyPollMs` in case a notification was missed. Any number of platforms may do this
 * at the same time.
 */
export async function startDispatcher(deps: DispatchDeps): Promise<() => Promise<void>> {
  const closing = new AbortController();
  let alarm: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  /** Pools with new executions, and whether the whole outbox is to be looked at. */
  const wanted = new Set<string>();
  let wantsLook = false;
  let lookAt = Infinity;
  /** Nothing waited at the end of the last turn: an execution that ends makes room for none. */
  let isIdle = false;

  const hasWork = (): boolean => wantsLook || wanted.size > 0;
  const turn = async (): Promise<void> => {
    const wasIdle = isIdle;
    isIdle = false;
    const isLook = wantsLook;
    const named = [...wanted];
    wantsLook = false;
    wanted.clear();
    const planned = lookAt;
    lookAt = Math.min(isLook ? Infinity : planned, performance.now() + retryMs);
    // An event has PostgreSQL's time, and this process cannot know which of the two clocks is wrong.
    if (deps.fitness.clockFault() !== undefined) return;
    const look = isLook ? await lookAtOutbox(deps) : { pools: named, waitMs: limits.safetyPollMs };
    const isBlocked = await publishAll(deps, look.pools, closing.signal);
    if (isBlocked) return;
    isIdle = isLook || wasIdle;
    lookAt = isLook ? performance.now() + look.waitMs : planned;
  };
  const work = async (): Promise<void> => {
    clearTimeout(alarm);
    while (hasWork() && !closing.signal.aborted) {
      try {
        await turn();
      } catch (error) {
        await deps.queues.failed(error);
      }
    }
    working = undefined;
    if (!closing.signal.aborted) alarm = setTimeout(wake, Math.max(1, lookAt - performance.now()));
  };
  const goOn = (): void => {
    if (!closing.signal.aborted) working ??= work();
  };
  const wake = (): void => {
    wantsLook = true;
    goOn();
  };
  const hear = (payload: string): void => {
    const pool = poolOf(payload);
    if (payload === roomMade && isIdle) return;
    if (pool === undefined) return wake();
    wanted.add(pool);
    goOn();
  };

  // Sent by `ringOutbox`, by `start/started-store.ts`, and by the trigger on executions.
  const stopListening = await deps.database.listen(outboxChannel, hear);
  wake();
  return async () => {
    closing.abort();
    clearTimeout(alarm);
    await stopListening();
    await working;
  };
}

/** Pools that can publish something now, after what has become due or has expired; and ms until the next look. */
async function lookAtOutbox(deps: DispatchDeps) {
  const before = await lookForWork(deps.database);
  const isChanged = before.expiryMs <= 0 || before.dueMs <= 0;
  const isRenewed = before.expiryMs > 0 || (await renewExpired(deps));
  if (before.dueMs <= 0) await markDue(deps.database);
  const { pools, dueMs, expiryMs } = isChanged ? await lookForWork(deps.database) : before;
  return {
    pools,
    waitMs: isRenewed ? Math.min(dueMs, expiryMs, limits.safetyPollMs, limits.eventLifetimeMs) : retryMs,
  };
}

async function renewExpired({ database, log }: Pick<DispatchDeps, "database" | "log">): Promise<boolean> {
  try {
    await renewExpiredEvents(database);
    return true;
  } catch (error) {
    log.warn({ err: error }, "Expired events could not be renewed; trying again");
    return false;
  }
}

/**
 * Publishes one batch of each pool in turn, until no pool has both capacity and a waiting execution. A failure in one
 * pool does not stop the others; it is thrown at the end. True when executions may wait behind a full or locked pool.
 */
async function publishAll(deps: DispatchDeps, waiting: readonly string[], signal: AbortSignal): Promise<boolean> {
  let pools = waiting;
  let isBlocked = false;
  const failures: unknown[] = [];
  while (pools.length > 0 && !signal.aborted) {
    const unfinished: string[] = [];
    for (const pool of pools) {
      if (signal.aborted) return true;
      await deps.queues.ready();
      try {
        const outcome = await dispatchBatch(deps, pool);
        if (outcome === "more") unfinished.push(pool);
        isBlocked ||= outcome === "blocked";
      } catch (error) {
        if (affectsEveryPool(error)) throw error;
        failures.push(error);
        continue;
      }
      await deps.queues.worked();
    }
    pools = unfinished;
  }
  if (failures.length > 0) throw failures[0];
  return isBlocked;
}

/** An outage of NATS or PostgreSQL affects every pool; each would wait for the same timeout again. */
function affectsEveryPool(error: unknown): boolean {
  return troubleOf(error) !== undefined || toSealrunError(error).code !== "INTERNAL";
}
