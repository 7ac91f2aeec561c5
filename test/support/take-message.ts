import type { NatsLink } from "@sealrun/nats";
import type { PoolId } from "@sealrun/protocol";
import { type QueuedMessage, takeBatches } from "../../executor/src/supervisor/queue/take.ts";

/** The next message of a pool, or undefined when none came in some seconds. */
export async function takeMessage(
  link: NatsLink,
  pool: PoolId,
  signal: AbortSignal,
): Promise<QueuedMessage | undefined> {
  for await (const [message] of takeBatches(link, pool, { max: 1, signal })) return message;
  return undefined;
}
