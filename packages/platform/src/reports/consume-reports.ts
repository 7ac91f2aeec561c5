import { maxQueuedFrameMs, openFrame, readUnverifiedHeader } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import {
  decode,
  executionId,
  executorId,
  type ExecutorId,
  report,
  reportsStream,
  SealrunError,
  subjects,
  toSealrunError,
} from "@sealrun/protocol";
import type { ConsumerMessages, JsMsg } from "nats";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import { findExecutor } from "../executors/store.ts";
import type { Queues } from "../dispatch/queues.ts";
import { dropStalePullRequests, reportsConsumer } from "../nats/streams.ts";
import { isAttemptOf } from "../executions/attempt-store.ts";
import { applyReports } from "./apply-report.ts";
import { type BatchSize, createBatchSize } from "./batch-size.ts";

type StoreDeps = Pick<Deps, "database" | "link" | "log">;
type ConsumeDeps = StoreDeps & { readonly queues: Pick<Queues, "check"> };

const retryMs = 1_000;
/** How often the stream is told that a message is being processed: redelivery starts after 30 s without that. */
const progressMs = 10_000;
const prefetched = 128;
/** Life of a pull request. The client expects a heartbeat every half of this, and gives up after missing two. */
const expiresMs = 10_000;

/** The limits of PostgreSQL's integer: a chunk that it refuses would be redelivered without end. */
const maxInteger = 2_147_483_647;
const storableReport = report.extend({
  executionId,
  attempt: report.shape.attempt.max(maxInteger),
  sequence: report.shape.sequence.max(maxInteger),
});

interface Arrived {
  readonly message: JsMsg;
  readonly sender: ExecutorId;
  readonly report: z.infer<typeof storableReport>;
}

/**
 * Stores the reports of executors until closed. A message is acknowledged after its commit; an invalid report is
 * removed from the stream and logged.
 */
export function consumeReports(deps: ConsumeDeps): () => Promise<void> {
  const waiting: JsMsg[] = [];
  let messages: ConsumerMessages | undefined;
  const closing = new AbortController();
  let working: Promise<void> | undefined;

  const size = createBatchSize();
  const work = async (): Promise<void> => {
    while (waiting.length > 0 && !closing.signal.aborted) await storeBatch(deps, waiting.splice(0), size);
    working = undefined;
  };
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
        for await (const message of messages) {
          waiting.push(message);
          working ??= work();
        }
      } catch (error) {
        if (!closing.signal.aborted) deps.log.warn({ err: error }, "Reports cannot be read; trying again");
      }
      // Whatever ended the subscription, the stream or its consumer may have to be created again.
      if (!closing.signal.aborted) await deps.queues.check().catch(() => undefined);
      if (!closing.signal.aborted) await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  };
  const subscribed = subscribe();
  return async () => {
    closing.abort();
    await messages?.close();
    await subscribed;
    await working;
    await giveBack(deps, waiting.splice(0));
  };
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

/**
 * Stores chunks of each attempt in transactions of limited size, in order of arrival; attempts take turns. While a
 * message waits for its turn, the stream is told that it is still being processed.
 */
async function storeBatch(deps: StoreDeps, batch: readonly JsMsg[], size: BatchSize): Promise<void> {
  const unfinished = new Set(batch);
  const timer = setInterval(() => {
    for (const message of unfinished) message.working();
  }, progressMs);
  try {
    const arrived: Arrived[] = [];
    for (const message of batch) {
      const read = await readMessage(deps, message);
      if (read === undefined) unfinished.delete(message);
      else arrived.push(read);
    }
    let groups = [...Map.groupBy(arrived, attemptOf).values()];
    while (groups.length > 0) {
      const rest: Arrived[][] = [];
      for (const group of groups) {
        const part = size.take(group);
        const isStored = await storeGroup(deps, part);
        size.note(isStored);
        for (const { message } of part) unfinished.delete(message);
        if (part.length < group.length) rest.push(group.slice(part.length));
      }
      groups = rest;
    }
  } finally {
    clearInterval(timer);
  }
}

function attemptOf({ report: { executionId: id, attempt }, sender }: Arrived): string {
  return `${id} ${attempt} ${sender}`;
}

async function readMessage(deps: StoreDeps, message: JsMsg): Promise<Arrived | undefined> {
  try {
    const { sender } = readUnverifiedHeader(message.data);
    const executor = await findExecutor(deps.database, sender);
    const opened = openFrame(message.data, {
      findKey: () => executor?.signPublic,
      expect: { kind: "report", subject: message.subject },
      now: Date.now(),
      maxAgeMs: maxQueuedFrameMs,
      // An executor's wrong clock does no harm: a chunk counts once, by its number.
      maxSkewMs: maxQueuedFrameMs,
    });
    const id = executorId.parse(sender);
    if (message.subject !== subjects.reports(id)) {
      throw new SealrunError("REPLAYED", "The report was sent on another executor's subject");
    }
    return { message, sender: id, report: decode(storableReport, opened.body) };
  } catch (error) {
    refuseOrRetry(deps, message, error);
    return undefined;
  }
}

/** True when these chunks of one attempt are stored or refused; otherwise they are redelivered. */
async function storeGroup(deps: StoreDeps, group: readonly Arrived[]): Promise<boolean> {
  const [first] = group;
  if (first === undefined) return true;
  try {
    const { executionId: id, attempt } = first.report;
    const of = { executionId: id, attempt };
    await deps.database.transaction(async (sql) => {
      if (!(await isAttemptOf(sql, { ...of, executorId: first.sender }))) {
        throw new SealrunError("LEASE_LOST", "The attempt is not this executor's");
      }
      await applyReports(
        sql,
        of,
        group.map((arrived) => arrived.report),
      );
      crashPoint("platform.report.before-commit");
    });
    crashPoint("platform.report.after-commit");
    for (const { message } of group) message.ack();
    return true;
  } catch (error) {
    for (const { message } of group) refuseOrRetry(deps, message, error);
    return !isTemporary(toSealrunError(error));
  }
}

/**
 * Removes a report that can never be stored; requests redelivery after a temporary failure. No reason is sent: NATS 2.9
 * fails on it.
 */
function refuseOrRetry(deps: StoreDeps, message: JsMsg, error: unknown): void {
  const failure = toSealrunError(error);
  if (isTemporary(failure)) {
    deps.log.error({ err: error }, "A report could not be stored; trying again");
    message.nak(retryMs);
  } else {
    deps.log.warn({ code: failure.code, subject: message.subject }, "A report was refused and removed from the stream");
    message.term();
  }
}

function isTemporary({ code, row }: SealrunError): boolean {
  return code === "INTERNAL" || row.retry;
}
