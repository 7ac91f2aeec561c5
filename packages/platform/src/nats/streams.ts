import type { NatsLink } from "@sealrun/nats";
import { executionsStream, poolConsumer, type PoolId, reportsStream, SealrunError, subjects } from "@sealrun/protocol";
import {
  AckPolicy,
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
const mostRuns = 20_000;
/** Each chunk is at most some 128 KiB: this bounds what one platform holds in memory. */
const mostChunks = 256;

/** Makes the two streams and the consumer of reports where they are missing. `NATS_UNREACHABLE` when NATS refuses. */
export async function ensureStreams(link: NatsLink): Promise<void> {
  await managing(link, async (manager) => {
    const shared = {
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_age: 0,
      duplicate_window: nanos(duplicateWindowMs),
    };
    await ensureStream(manager, { ...shared, name: executionsStream, subjects: [subjects.allExecutions] });
    await ensureStream(manager, { ...shared, name: reportsStream, subjects: [subjects.allReports] });
    await manager.consumers.add(reportsStream, {
      durable_name: reportsConsumer,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_deliver: -1,
      max_ack_pending: mostChunks,
    });
  });
}

/** Makes the consumer from which a pool's executors take their work, where it is missing. */
export async function ensurePoolConsumer(link: NatsLink, pool: PoolId): Promise<void> {
  await managing(link, async (manager) => {
    await manager.consumers.add(executionsStream, {
      durable_name: poolConsumer(pool),
      filter_subject: subjects.executions(pool),
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_deliver: -1,
      max_ack_pending: mostRuns,
    });
  });
}

async function ensureStream(
  manager: JetStreamManager,
  wanted: Partial<StreamConfig> & { readonly name: string },
): Promise<void> {
  const found = await manager.streams.info(wanted.name).catch((error: unknown) => {
    if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
    throw error;
  });
  if (found === undefined) await manager.streams.add(wanted);
}

async function managing(link: NatsLink, work: (manager: JetStreamManager) => Promise<void>): Promise<void> {
  try {
    await work(await link.connection.jetstreamManager({ timeout: 10_000 }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new SealrunError(
      "NATS_UNREACHABLE",
      `NATS has no working JetStream for sealrun's streams (${reason}); check that the server runs with JetStream and room for it`,
      { cause: error },
    );
  }
}
