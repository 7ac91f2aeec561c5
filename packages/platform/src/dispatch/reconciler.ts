import { crashPoint } from "@sealrun/faults";
import { executionsStream, limits, poolConsumer, type PoolId, reportsStream, subjects } from "@sealrun/protocol";
import { Events } from "nats";
import type { Deps } from "../deps.ts";
import { listPools } from "../executors/store.ts";
import type { Queues } from "./queues.ts";
import {
  findMessageId,
  type ConsumerProgress,
  removeAcknowledged,
  readProgress,
  reportsConsumer,
} from "../nats/streams.ts";
import { forgetOldKeys } from "../start/idempotency-store.ts";
import { listPublished, type PublishedExecution, renewLostEvents } from "../outbox/store.ts";

type ReconcileDeps = Pick<Deps, "database" | "link" | "log"> & { readonly queues: Queues };

/** An event that went out this long ago and is in the stream no more was not claimed, and never will be. */
const overdueMs = 30_000;

/**
 * Every `limits.reconcileMs`: looks after the streams, and publishes anew what NATS has lost. After each reconnect it looks
 * at every event, because the server may have come back with an older disk or none. Any number of platforms may do it.
 */
export function startReconciler(deps: ReconcileDeps): () => Promise<void> {
  let wanted: number | undefined;
  let working: Promise<void> | undefined;
  const closing = new AbortController();
  const work = async (): Promise<void> => {
    while (wanted !== undefined && !closing.signal.aborted) {
      const forMs = wanted;
      wanted = undefined;
      await reconcile(deps, forMs).catch(async (error: unknown) => deps.queues.failed(error));
    }
    working = undefined;
  };
  const run = (forMs: number): void => {
    wanted = Math.min(forMs, wanted ?? forMs);
    working ??= work();
  };
  const watch = async (): Promise<void> => {
    for await (const { type } of deps.link.connection.status()) if (type === Events.Reconnect) run(0);
  };
  const timer = setInterval(() => run(overdueMs), limits.reconcileMs);
  void watch();
  run(overdueMs);
  return async () => {
    closing.abort();
    clearInterval(timer);
    await working;
  };
}

/**
 * Looks after streams and queues, and asks for new events in the place of those that went out at least `forMs` ago and
 * are in the stream no more. A message is known by its id: a stream that was restored gives old numbers to new messages.
 */
export async function reconcile(deps: ReconcileDeps, forMs: number): Promise<void> {
  const { database, link, log } = deps;
  await deps.queues.check();
  const lost: PublishedExecution[] = [];
  const progresses = new Map<PoolId, ConsumerProgress>();
  for (const published of await listPublished(database, forMs)) {
    const isDeliverable =
      (await isInStream(deps, published)) && !(await wasDropped(deps, published, { progresses, forMs }));
    if (!isDeliverable) lost.push(published);
  }
  if (lost.length > 0) {
    // Those that were claimed meanwhile are left alone: the statement looks again.
    const renewed = await database.transaction(async (sql) => renewLostEvents(sql, lost));
    crashPoint("platform.reconcile.after-commit");
    if (renewed > 0) log.warn({ renewed }, "NATS has lost events of executions that wait; they are published anew");
  }
  await forgetOldKeys(database);
  for (const pool of await listPools(database)) {
    await removeAcknowledged(link, executionsStream, poolConsumer(pool), subjects.executions(pool));
  }
  await removeAcknowledged(link, reportsStream, reportsConsumer, subjects.allReports);
}

/**
 * True for a message that the server has delivered and thinks that nobody has: a connection broke while it went out. It is
 * in the stream and never offered again.
 */
async function wasDropped(
  { link }: Pick<ReconcileDeps, "link">,
  { seq, pool, isStale }: PublishedExecution,
  { progresses, forMs }: { readonly progresses: Map<PoolId, ConsumerProgress>; readonly forMs: number },
): Promise<boolean> {
  // Right after a reconnect an event may just be on its way.
  if (seq === undefined || pool === undefined || forMs < overdueMs) return false;
  const known = progresses.get(pool) ?? (await readProgress(link, executionsStream, poolConsumer(pool)));
  progresses.set(pool, known);
  return seq <= known.deliveredSeq && (known.underWay === 0 || isStale);
}

async function isInStream({ link }: Pick<ReconcileDeps, "link">, published: PublishedExecution): Promise<boolean> {
  if (published.seq === undefined) return false;
  const found = await findMessageId(link, executionsStream, published.seq);
  // The attempt in it may be an earlier one: an execution that was given back waits under the event that it had.
  return found?.startsWith(`${published.id}:`) === true && found.endsWith(`:${published.generation}`);
}
