import type { NatsLink } from "@sealrun/nats";
import {
  executionsStream,
  limits,
  poolConsumer,
  type PoolId,
  reportsStream,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
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

/** The durable consumer of all reports. */
export const reportsConsumer = "platform";

const duplicateWindowMs = 120_000;
const ackWaitMs = 30_000;
/** A message stays unacknowledged for as long as its execution runs, so this bounds the runs of one pool. */
const maxRuns = 20_000;
/** Each chunk is at most some 128 KiB, so this bounds the memory of one platform. */
const maxChunks = 256;

/** For NATS, no limit. */
const unlimited = -1;
/** Room for a few chunks of reports: less is not a limit that lets them through. */
const minStreamBytes = 1_048_576;
/** The storage of the server, or of the account, is too small. */
const storageCodes: ReadonlySet<number | undefined> = new Set([10_047, 10_002]);

/** A stream, and when it was created: a different time than before means that it is a new, empty stream. */
interface MadeStream {
  readonly name: string;
  readonly madeAt: Date;
}

/** The existing streams, and whether the consumer was created again because it was ahead of its stream. */
export interface MadeStreams {
  readonly streams: readonly MadeStream[];
  readonly wasAhead: boolean;
}

/** Creates the two streams and the consumer of reports if they are missing. `NATS_UNREACHABLE` when NATS refuses. */
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
      await ensureStream(manager, {
        ...shared,
        name: reportsStream,
        subjects: [subjects.allReports],
        max_bytes: limits.reportsStreamBytes,
      }),
    ];
    const reports = { durable_name: reportsConsumer, max_ack_pending: maxChunks };
    return { streams, wasAhead: await ensureConsumer(manager, reportsStream, reports) };
  });
}

/**
 * Creates the consumer from which a pool's executors take their work, if it is missing. True when an existing one was
 * created again because it was ahead of the stream.
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

/** The maximum number of messages that one cleaning pass removes; the next pass continues. */
const maxRemoved = 1_000;

/**
 * Removes messages that a consumer has acknowledged and the stream still holds, one by one; returns how many. A killed
 * server forgets removals that it had confirmed, and keeps such messages although it never delivers them. Every message
 * at or below the consumer's acknowledgement floor was acknowledged. Never use a purge: whatever its range, a purge
 * makes nats-server (2.9.10 measured) forget which messages are delivered and not acknowledged. The next
 * acknowledgement lifts the floor over them, and they are never redelivered.
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

/**
 * A consumer's state: number of the newest delivered message, how many are delivered and unacknowledged, how many wait.
 */
export interface ConsumerProgress {
  readonly deliveredSeq: number;
  readonly unacknowledged: number;
  readonly waiting: number;
}

/** Reads how far a consumer has delivered its messages. `NATS_UNREACHABLE` when NATS refuses. */
export async function readProgress(link: NatsLink, stream: string, consumer: string): Promise<ConsumerProgress> {
  return managing(link, async (manager) => {
    const {
      delivered,
      num_ack_pending: unacknowledged,
      num_pending: waiting,
    } = await manager.consumers.info(stream, consumer);
    return { deliveredSeq: delivered.stream_seq, unacknowledged, waiting };
  });
}

/**
 * Drops pull requests whose client is gone. Reading consumer info has that side effect; without it, NATS 2.9 redelivers
 * a message to a dead request.
 */
export async function dropStalePullRequests(link: NatsLink, stream: string, consumer: string): Promise<void> {
  const manager = await link.connection.jetstreamManager({ timeout: 2_000, checkAPI: false });
  await manager.consumers.info(stream, consumer);
}

/** The id of the message with that number, or undefined when the stream has no such message. */
export async function findMessageId(link: NatsLink, stream: string, seq: number): Promise<string | undefined> {
  return managing(link, async (manager) => {
    const found = await unlessMissing(manager.streams.getMessage(stream, { seq }));
    return found?.header.get("Nats-Msg-Id");
  });
}

/** Runs `work` against JetStream's management API. `NATS_UNREACHABLE` with the reason from NATS when it refuses. */
async function managing<T>(link: NatsLink, work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
  try {
    return await work(await link.connection.jetstreamManager({ timeout: 10_000 }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new SealrunError(
      "NATS_UNREACHABLE",
      `NATS has no working JetStream for sealrun's streams (${reason}); check that the server runs with JetStream and has disk space for it`,
      { cause: error },
    );
  }
}

/** Creates a stream if it is missing. A stream that exists without a limit gets the wanted one. */
async function ensureStream(
  manager: JetStreamManager,
  wanted: Partial<StreamConfig> & { readonly name: string },
): Promise<MadeStream> {
  const found = await unlessMissing(manager.streams.info(wanted.name));
  const { max_bytes: wantedBytes = unlimited } = wanted;
  const { created } =
    found ?? (await withinStorage(wantedBytes, async (bytes) => manager.streams.add({ ...wanted, max_bytes: bytes })));
  if (found !== undefined && wantedBytes > 0 && found.config.max_bytes <= 0) {
    const { config } = found;
    await withinStorage(wantedBytes, async (bytes) =>
      manager.streams.update(wanted.name, { ...config, max_bytes: bytes }),
    );
  }
  return { name: wanted.name, madeAt: new Date(created) };
}

/**
 * NATS reserves what a stream may hold, and refuses what its storage cannot hold: then the limit is halved until it fits.
 * In the end there is none, and the server's own storage is the limit.
 */
async function withinStorage<T>(bytes: number, work: (bytes: number) => Promise<T>): Promise<T> {
  try {
    return await work(bytes);
  } catch (error) {
    const isTooLarge = error instanceof NatsError && storageCodes.has(error.api_error?.err_code);
    if (!isTooLarge || bytes <= 0) throw error;
    return withinStorage(bytes < 2 * minStreamBytes ? unlimited : Math.floor(bytes / 2), work);
  }
}

/**
 * True when the consumer was ahead of its stream and was created again. A killed server can come back with an older
 * stream, or one that starts at 1 again. A consumer whose acknowledged sequence is ahead of the restored stream treats
 * new messages as already acknowledged, until the stream reaches that number.
 */
async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig> & { readonly durable_name: string },
): Promise<boolean> {
  const whole = { ...config, ack_policy: AckPolicy.Explicit, ack_wait: nanos(ackWaitMs), max_deliver: -1 };
  const { delivered } = await manager.consumers.add(stream, whole);
  // Read after the consumer, so that messages that came in between do not make the stream look older.
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

/** Another platform has just removed the message: 10043 is a number without a message, 10057 a deleted message. */
const removedCodes: ReadonlySet<number | undefined> = new Set([10_043, 10_057]);

async function unlessRemoved(removing: Promise<boolean>): Promise<void> {
  await removing.catch((error: unknown) => {
    if (!(error instanceof NatsError) || !removedCodes.has(error.api_error?.err_code)) throw error;
  });
}
