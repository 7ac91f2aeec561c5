import { setTimeout as sleep } from "node:timers/promises";
import { reportsStream } from "@sealrun/protocol";
import type { ConsumerMessages, JsMsg } from "nats";
import type { Deps } from "../deps.ts";
import { dropStalePullRequests, reportsConsumer } from "../nats/streams.ts";
import { createBatchSize } from "./batch-size.ts";
import { type ArrivedReport, type ReadDeps, readReport } from "./read-report.ts";
import { createReportTurns, type Lane, lanes, type TakenReports } from "./report-turns.ts";
import { attemptKey, refuseOrRetry, storeAlone, type Stored, storeTogether } from "./store-reports.ts";

type StoreDeps = Pick<Deps, "database" | "link" | "log"> & ReadDeps;
type ConsumeDeps = StoreDeps & { readonly queues: { readonly check: () => Promise<unknown> } };

/** Pause before the stream is opened again. */
const reopenMs = 1_000;
/** How often the stream is told that a message is being processed: redelivery starts after 30 s without that. */
const progressMs = 10_000;
const prefetched = 128;
/** How long after the start of a transaction of many attempts the next one starts at the earliest, unless much waits. */
const spacingMs = 60;
/** Chunks in a transaction that show that much waits. */
const manyChunks = 16;
/** Life of a pull request. The client expects a heartbeat every half of this, and gives up after missing two. */
const expiresMs = 10_000;

/**
 * Stores the reports of executors until closed. A message is acknowledged after its commit; an invalid report is
 * removed from the stream and logged.
 */
export function consumeReports(deps: ConsumeDeps): () => Promise<void> {
  const closing = new AbortController();
  const work = createWork(deps, closing.signal);
  let messages: ConsumerMessages | undefined;
  const subscribe = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        const consumer = await deps.link.connection.jetstream().consumers.get(reportsStream, reportsConsumer);
        // A short heartbeat and this abort detect a deleted stream, which would otherwise never send anything.
        messages = await consumer.consume({
          max_messages: prefetched,
          expires: expiresMs,
          abort_on_missing_resource: true,
        });
        for await (const message of messages) work.add(message);
      } catch (error) {
        if (!closing.signal.aborted) deps.log.warn({ err: error }, "Reports cannot be read; trying again");
      }
      // Whatever ended the subscription, the stream or its consumer may have to be created again.
      if (!closing.signal.aborted) await deps.queues.check().catch(() => undefined);
      if (!closing.signal.aborted) await new Promise((resolve) => setTimeout(resolve, reopenMs));
    }
  };
  const subscribed = subscribe();
  return async () => {
    closing.abort();
    await messages?.close();
    await subscribed;
    await giveBack(deps, await work.close());
  };
}

type Taken = TakenReports<ArrivedReport>;

/** What is done with messages that have arrived. */
interface Work {
  readonly add: (message: JsMsg) => void;
  /** Ends what is under way, once the signal has aborted; returns the messages that are not processed. */
  readonly close: () => Promise<readonly JsMsg[]>;
}

/**
 * Reads messages in the order of their arrival, and stores them lane by lane, in transactions of limited size. While a
 * message waits, the stream is told that it is still being processed.
 */
function createWork(deps: StoreDeps, closed: AbortSignal): Work {
  const unread: JsMsg[] = [];
  const unfinished = new Set<JsMsg>();
  const turns = createReportTurns<ArrivedReport>();
  const sizes = { together: createBatchSize(), flood: createBatchSize(), alone: createBatchSize() };
  const active = new Set<Lane>();
  let nextAt = 0;
  /** Waits until the lane may store again: what comes after a pause at once, what comes soon after it with others. */
  const waitForTurn = async (lane: Lane): Promise<boolean> => {
    // The other lanes store one attempt at a time: there nothing joins.
    if (lane === "together") await sleepUntil(nextAt, closed);
    return !closed.aborted;
  };
  const underWay = new Set<Promise<void>>();
  let reading: Promise<void> | undefined;
  const timer = setInterval(() => {
    for (const message of unfinished) message.working();
  }, progressMs);

  const storeTaken = async (lane: Lane, taken: readonly Taken[]): Promise<Stored<Taken>> => {
    if (lane !== "alone") return storeTogether(deps, taken);
    const inTime = await Promise.all(taken.map(async (one) => storeAlone(deps, one)));
    return { isInTime: !inTime.includes(false), left: [] };
  };
  const store = async (lane: Lane): Promise<void> => {
    active.add(lane);
    while (await waitForTurn(lane)) {
      const taken = turns.take(lane, sizes[lane].take);
      if (taken.length === 0) break;
      const given = taken.flatMap(({ chunks }) => chunks);
      if (lane === "together") nextAt = performance.now() + (given.length < manyChunks ? spacingMs : 0);
      const { isInTime, left } = await storeTaken(lane, taken);
      sizes[lane].note(isInTime, given);
      for (const one of taken)
        if (!left.includes(one)) for (const { message } of one.chunks) unfinished.delete(message);
      turns.done(taken, left);
      // What is left, and what has arrived meanwhile, may be for another lane.
      startStoring();
    }
    active.delete(lane);
  };
  const startStoring = (): void => {
    for (const lane of lanes) {
      if (active.has(lane)) continue;
      const work = store(lane).finally(() => underWay.delete(work));
      underWay.add(work);
    }
  };
  const read = async (): Promise<void> => {
    while (unread.length > 0 && !closed.aborted) {
      for (const message of unread.splice(0)) {
        try {
          const arrived = await readReport(deps, message);
          turns.add(attemptKey(arrived), arrived);
        } catch (error) {
          refuseOrRetry(deps, message, error);
          unfinished.delete(message);
        }
      }
      startStoring();
    }
    reading = undefined;
  };

  return {
    add: (message) => {
      unread.push(message);
      unfinished.add(message);
      reading ??= read();
    },
    close: async () => {
      await reading;
      await Promise.all(underWay);
      clearInterval(timer);
      return [...turns.drain().map(({ message }) => message), ...unread.splice(0)];
    },
  };
}

/** Waits until this time of `performance.now()`, or until the signal aborts. */
async function sleepUntil(at: number, signal: AbortSignal): Promise<void> {
  const ms = at - performance.now();
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Returns unprocessed messages at once; otherwise redelivery to another platform waits for this one's acknowledgement
 * timeout.
 */
async function giveBack({ link }: Pick<StoreDeps, "link">, left: readonly JsMsg[]): Promise<void> {
  if (left.length === 0) return;
  // If this fails, the first message may still wait for the timeout.
  await dropStalePullRequests(link, reportsStream, reportsConsumer).catch(() => undefined);
  for (const message of left) message.nak();
}
