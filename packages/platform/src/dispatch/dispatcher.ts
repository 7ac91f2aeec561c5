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
  /** Pools where executions may wait. What is added to a full one waits too, until an execution ends or the next look. */
  const waiting: WaitingPools = new Map();
  /** An execution has ended since the last turn began. */
  let isRoomMade = false;

  const hasWork = (): boolean => wantsLook || wanted.size > 0 || (isRoomMade && waiting.size > 0);
  const turn = async (): Promise<void> => {
    // While there is always something to do, no alarm is set.
    const isLook = wantsLook || performance.now() >= lookAt;
    if (isRoomMade) for (const pool of waiting.keys()) wanted.add(pool);
    isRoomMade = false;
    const named = [...wanted];
    wantsLook = false;
    wanted.clear();
    const planned = lookAt;
    lookAt = Math.min(isLook ? Infinity : planned, performance.now() + retryMs);
    // An event has PostgreSQL's time, and this process cannot know which of the two clocks is wrong.
    if (deps.fitness.clockFault() !== undefined) return;
    if (isLook) waiting.clear();
    const look = isLook ? await lookAtOutbox(deps) : { pools: named, waitMs: limits.safetyPollMs };
    await publishAll(deps, look.pools, { waiting, signal: closing.signal });
    // What was added to a full pool meanwhile waits with the others.
    for (const pool of wanted) if (waiting.get(pool) === "full") wanted.delete(pool);
    if (waiting.size > 0) return;
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
    if (payload === roomMade) isRoomMade = true;
    else if (pool === undefined) wantsLook = true;
    else if (waiting.get(pool) !== "full") wanted.add(pool);
    if (hasWork()) goOn();
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

type WaitingPools = Map<string, "full" | "blocked">;

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
 * Publishes one batch of each pool in turn, until no pool has both capacity and a waiting execution, and notes where
 * executions may still wait. A failure in one pool does not stop the others; it is thrown at the end.
 */
async function publishAll(
  deps: DispatchDeps,
  all: readonly string[],
  { waiting, signal }: { readonly waiting: WaitingPools; readonly signal: AbortSignal },
): Promise<void> {
  let pools = all;
  const failures: unknown[] = [];
  while (pools.length > 0 && !signal.aborted) {
    const unfinished: string[] = [];
    for (const pool of pools) {
      if (signal.aborted) return;
      await deps.queues.ready();
      try {
        // Whatever is added from now on may come too late for this batch.
        waiting.delete(pool);
        const outcome = await dispatchBatch(deps, pool);
        if (outcome === "more") unfinished.push(pool);
        if (outcome === "full" || outcome === "blocked") waiting.set(pool, outcome);
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
}

/** An outage of NATS or PostgreSQL affects every pool; each would wait for the same timeout again. */
function affectsEveryPool(error: unknown): boolean {
  return troubleOf(error) !== undefined || toSealrunError(error).code !== "INTERNAL";
}
