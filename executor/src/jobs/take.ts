import type { NatsLink } from "@sealrun/nats";
import { executionsStream, poolConsumer, type PoolId } from "@sealrun/protocol";
import type { JsMsg } from "nats";

const waitMs = 5_000;
const retryMs = 1_000;
const progressMs = 10_000;

/** One message of the queue. It stays ours while `whileWorking` runs, and is done with after `done`. */
export interface QueuedMessage {
  readonly frame: Uint8Array;
  /** Tells the queue, now and then, that the message is being worked on. Stop it with the returned function. */
  keep(): () => void;
  /** Takes the message out of the queue. */
  done(): void;
  /** Gives the message back, to be offered again after a while. */
  giveBack(afterMs: number): void;
}

/** The next message of a pool, or undefined when none came in some seconds or the queue cannot be reached. */
export async function takeNext(link: NatsLink, pool: PoolId, signal: AbortSignal): Promise<QueuedMessage | undefined> {
  try {
    const consumer = await link.connection.jetstream().consumers.get(executionsStream, poolConsumer(pool));
    const message = await consumer.next({ expires: waitMs });
    return message === null ? undefined : queued(message);
  } catch {
    // No stream yet, or NATS is away: the doorbell will ring again, so ask again after a moment.
    await pause(retryMs, signal);
    return undefined;
  }
}

function queued(message: JsMsg): QueuedMessage {
  return {
    frame: message.data,
    keep: () => {
      const timer = setInterval(() => message.working(), progressMs);
      return () => {
        clearInterval(timer);
      };
    },
    done: () => {
      message.ack();
    },
    giveBack: (afterMs) => {
      message.nak(afterMs);
    },
  };
}

/** Waits, or returns at once when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
