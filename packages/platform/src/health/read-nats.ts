import type { NatsLink } from "@sealrun/nats";
import { executionsStream, reportsStream, SealrunError } from "@sealrun/protocol";

/** Used and available storage; `maxBytes` is null without a limit. */
interface StorageUse {
  readonly name: string;
  readonly bytes: number;
  readonly maxBytes: number | null;
}

/** The storage of the two streams, and of their whole account. */
export interface NatsStorage {
  readonly streams: readonly (StorageUse & { readonly messages: number })[];
  readonly account: StorageUse;
}

/** One round trip to the server. `NATS_UNREACHABLE` while there is no connection. */
export async function pingNats(link: { readonly connection: Pick<NatsLink["connection"], "rtt"> }): Promise<void> {
  try {
    await link.connection.rtt();
  } catch (error) {
    throw unreachable("NATS does not answer; check that nats-server runs", error);
  }
}

/** Asks JetStream how full it is. `NATS_UNREACHABLE` with the reason when it refuses or a stream is missing. */
export async function readNatsStorage({ connection }: NatsLink): Promise<NatsStorage> {
  try {
    const manager = await connection.jetstreamManager({ timeout: 10_000 });
    const [account, ...streams] = await Promise.all([
      manager.getAccountInfo(),
      ...[executionsStream, reportsStream].map(async (name) => manager.streams.info(name)),
    ]);
    return {
      account: { name: "JetStream", bytes: account.storage, maxBytes: limitOf(account.limits.max_storage) },
      streams: streams.map(({ config, state }) => ({
        name: config.name,
        messages: state.messages,
        bytes: state.bytes,
        maxBytes: limitOf(config.max_bytes),
      })),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw unreachable(`JetStream does not answer about the streams (${reason}); see the platform's log`, error);
  }
}

function limitOf(bytes: number): number | null {
  return bytes > 0 ? bytes : null;
}

function unreachable(sentence: string, cause: unknown): SealrunError {
  return new SealrunError("NATS_UNREACHABLE", sentence, { cause });
}
