import type { Deps } from "../deps.ts";
import { listPools } from "../executors/store.ts";
import { ensurePoolConsumer, ensureStreams } from "./streams.ts";

/** Makes the streams, and the queue of every pool there is. `NATS_UNREACHABLE` when NATS refuses. */
export async function ensureQueues({ database, link }: Pick<Deps, "database" | "link">): Promise<void> {
  await ensureStreams(link);
  for (const pool of await listPools(database)) await ensurePoolConsumer(link, pool);
}
