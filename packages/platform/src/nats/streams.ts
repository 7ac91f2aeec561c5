import type { NatsLink } from "@sealrun/nats";
import { executionsStream, poolConsumer, type PoolId, reportsStream, SealrunError, subjects } from "@sealrun/protocol";
import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";

/** Durable consumer of everything that executors report. */
export const reportsConsumer = "platform";

const duplicateWindowMs = 120_000;
const ackWaitMs = 30_000;
/** A message stays unacknowledged for as long as its execution runs, so this bounds the runs of one pool. */
const maxRuns = 20_000;
/** Each chunk is at most some 128 KiB: this bounds what one platform holds in memory. */
const maxChunks = 256;

/** A stream, and when it was made: another time than before means that it is another one, and empty. */
interface MadeStream {
  readonly name: string;
  readonly madeAt: Date;
}

/** What is there now, and whether a consumer had to be made anew because it was ahead of its stream. */
export interface MadeStreams {
  readonly streams: readonly MadeStream[];
  readonly wasAhead: boolean;
}

/** Makes the two streams and the consumer of reports where they are missing. `NATS_UNREACHABLE` when NATS refuses. */
export async function ensureStreams(link: NatsLink): Promise<MadeStreams> {
  return managing(link, async (manager) => {
    const shared = {
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_age: 0,
      duplicate_window: nanos(duplicateWindowMs),
    };
    const streams = [
      await ensureStream(manager, { ...shared, name: executionsStream, subjects: [subjects.allExecutions] }),
      await ensureStream(manager, { ...shared, name: reportsStream, subjects: [subjects.allReports] }),
    ];
    const reports = { durable_name: reportsConsumer, max_ack_pending: maxChunks };
    return { streams, wasAhead: await ensureConsumer(manager, reportsStream, reports) };
  });
}

/**
 * Makes the consumer from which a pool's executors take their work, where it is missing. True when it was there and had
 * to be made anew because it was ahead of the stream.
 */
export async function ensurePoolConsumer(link: NatsLink, pool: PoolId): Promise<boolean> {
  return managing(link, async (manager) =>
    ensureConsumer(manager, executionsStream, {
      durable_name: poolConsumer(pool),
      filter_subject: subjects.executions(pool),
      max_ack_pending: maxRuns,
    }),
  );
}

/** Messages that one pass of cleaning removes at most; the next pass goes on. */
const maxRemoved = 1_000;

/**
 * Removes messages that a consumer is done with and the stream still holds, one by one; the answer is how many. A server
 * that was killed forgets removals that it had confirmed, and keeps such messages where nobody is ever offered them. All
 * at or below the consumer's acknowledgement floor were acknowledged. Never a purge: whatever its range, a purge makes
 * nats-server (2.9.10 measured) forget which messages are delivered and not acknowledged; the next acknowledgement lifts
 * the floor over them, and they are never offered again.
 */
export async function removeAcknowledged(
  link: NatsLink,
  stream: string,
  consumer: string,
  subject: string,
): Promise<number> {
  return managing(link, async (manager) => {
    const { ack_floor: floor } = await manager.consumers.info(stream, consumer);
    let removed = 0;
    for (let seq = 1; seq <= floor.stream_seq && removed < maxRemoved; removed += 1) {
      const oldest = { seq, next_by_subj: subject };
      const found = await unlessMissing(manager.streams.getMessage(stream, oldest));
      if (found === undefined || found.seq > floor.stream_seq) break;
      await unlessRemoved(manager.streams.deleteMessage(stream, found.seq, false));
      seq = found.seq + 1;
    }
    return removed;
  });
}

/** How far a consumer has offered its messages: the newest one's number, how many somebody has, and how many wait. */
export interface ConsumerProgress {
  readonly deliveredSeq: number;
  readonly underWay: number;
  readonly waiting: number;
}

/** What a consumer has offered so far. */
export async function readProgress(link: NatsLink, stream: string, consumer: string): Promise<ConsumerProgress> {
  return managing(link, async (manager) => {
    const {
      delivered,
      num_ack_pending: underWay,
      num_pending: waiting,
    } = await manager.consumers.info(stream, consumer);
    return { deliveredSeq: delivered.stream_seq, underWay, waiting };
  });
}

/**
 * Has NATS forget requests for messages whose askers are gone, as it does when it is asked for the consumer's state. To
 * one that it knows of still, 2.9 offers what is given back, to nobody's ears.
 */
export async function dropStalePullRequests(link: NatsLink, stream: string, consumer: string): Promise<void> {
  const manager = await link.connection.jetstreamManager({ timeout: 2_000, checkAPI: false });
  await manager.consumers.info(stream, consumer);
}

/** The id of the message of that number, or undefined when the stream has none there. */
export async function findMessageId(link: NatsLink, stream: string, seq: number): Promise<string | undefined> {
  return managing(link, async (manager) => {
    const found = await unlessMissing(manager.streams.getMessage(stream, { seq }));
    return found?.header.get("Nats-Msg-Id");
  });
}

/** Runs `work` against JetStream's own API. `NATS_UNREACHABLE` with NATS's reason when it refuses. */
async function managing<T>(link: NatsLink, work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
  try {
    return await work(await link.connection.jetstreamManager({ timeout: 10_000 }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new SealrunError(
      "NATS_UNREACHABLE",
      `NATS has no working JetStream for sealrun's streams (${reason}); check that the server runs with JetStream and room for it`,
      { cause: error },
    );
  }
}

async function ensureStream(
  manager: JetStreamManager,
  wanted: Partial<StreamConfig> & { readonly name: string },
): Promise<MadeStream> {
  const found = await unlessMissing(manager.streams.info(wanted.name));
  const { created } = found ?? (await manager.streams.add(wanted));
  return { name: wanted.name, madeAt: new Date(created) };
}

/**
 * True when the consumer was ahead of its stream and was made anew. A server that was killed can come back with an older
 * stream, or one that begins at 1 again, and a consumer that knows better: it takes all that comes for done until the
 * stream has reached the number where it was.
 */
async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig> & { readonly durable_name: string },
): Promise<boolean> {
  const whole = { ...config, ack_policy: AckPolicy.Explicit, ack_wait: nanos(ackWaitMs), max_deliver: -1 };
  const { delivered } = await manager.consumers.add(stream, whole);
  // Asked for after the consumer, the stream is never behind by what came in between.
  const { state } = await manager.streams.info(stream);
  if (delivered.stream_seq <= state.last_seq) return false;
  await manager.consumers.delete(stream, config.durable_name);
  await manager.consumers.add(stream, whole);
  return true;
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
    throw error;
  });
}

/** A message that another platform has just removed: 10043 names a number that is not there, 10057 one that is deleted. */
const removedCodes: ReadonlySet<number | undefined> = new Set([10_043, 10_057]);

async function unlessRemoved(removing: Promise<boolean>): Promise<void> {
  await removing.catch((error: unknown) => {
    if (!(error instanceof NatsError) || !removedCodes.has(error.api_error?.err_code)) throw error;
  });
}
