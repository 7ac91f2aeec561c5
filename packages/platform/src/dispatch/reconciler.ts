import { crashPoint } from "@sealrun/faults";
import { onReconnect } from "@sealrun/nats";
import { executionsStream, limits, poolConsumer, type PoolId, reportsStream, subjects } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import type { Queues } from "./queues.ts";
import {
  findMessageId,
  type ConsumerProgress,
  removeAcknowledged,
  readProgress,
  reportsConsumer,
} from "../nats/streams.ts";
import { listPublished, type PublishedExecution, renewLostEvents } from "../outbox/store.ts";

type ReconcileDeps = Pick<Deps, "database" | "link" | "log"> & { readonly queues: Queues };

/** An unclaimed event that was published this long ago and is no longer in the stream will never be claimed. */
const overdueMs = 30_000;

/**
 * Every `limits.reconcileMs`: checks the streams, and asks the dispatcher to publish again what NATS has lost. After each reconnect it
 * checks every event, because the server may have come back with an older disk or an empty one. Any number of platforms
 * may do it.
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
  const timer = setInterval(() => run(overdueMs), limits.reconcileMs);
  onReconnect(deps.link, () => run(0));
  run(overdueMs);
  return async () => {
    closing.abort();
    clearInterval(timer);
    await working;
  };
}

/**
 * Checks streams and consumers, and requests new events for those that were published at least `forMs` ago and are no
 * longer in the stream. A message is identified by its id, because a restored stream gives old numbers to new messages.
 */
export async function reconcile(deps: ReconcileDeps, forMs: number): Promise<void> {
  const { database, link, log } = deps;
  const { pools, isPublished } = await deps.queues.check();
  const lost: PublishedExecution[] = [];
  const progresses = new Map<PoolId, ConsumerProgress>();
  for (const published of isPublished ? await listPublished(database, forMs) : []) {
    const isDeliverable =
      (await isInStream(deps, published)) && !(await wasDropped(deps, published, { progresses, forMs }));
    if (!isDeliverable) lost.push(published);
  }
  if (lost.length > 0) {
    // Events that were claimed meanwhile stay as they are: the statement checks again.
    const renewed = await database.transaction(async (sql) => renewLostEvents(sql, lost));
    crashPoint("platform.reconcile.after-commit");
    if (renewed > 0) log.warn({ renewed }, "NATS has lost events of queued executions; they are published again");
  }
  for (const pool of pools) {
    await removeAcknowledged(link, executionsStream, poolConsumer(pool), subjects.executions(pool));
  }
  await removeAcknowledged(link, reportsStream, reportsConsumer, subjects.allReports);
}

/**
 * True for a message that the server counts as delivered but not as pending: the connection broke during delivery. It
 * stays in the stream and is never redelivered.
 */
async function wasDropped(
  { link }: Pick<ReconcileDeps, "link">,
  { seq, pool, isStale }: PublishedExecution,
  { progresses, forMs }: { readonly progresses: Map<PoolId, ConsumerProgress>; readonly forMs: number },
): Promise<boolean> {
  // Right after a reconnect, an event may still be in transit.
  if (seq === undefined || pool === undefined || forMs < overdueMs) return false;
  const known = progresses.get(pool) ?? (await readProgress(link, executionsStream, poolConsumer(pool)));
  progresses.set(pool, known);
  return seq <= known.deliveredSeq && (known.unacknowledged === 0 || isStale);
}

async function isInStream({ link }: Pick<ReconcileDeps, "link">, published: PublishedExecution): Promise<boolean> {
  if (published.seq === undefined) return false;
  const found = await findMessageId(link, executionsStream, published.seq);
  // The id may have an earlier attempt: an execution whose claim was given back waits under its existing event.
  return found?.startsWith(`${published.id}:`) === true && found.endsWith(`:${published.generation}`);
}
