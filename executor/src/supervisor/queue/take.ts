import { setImmediate } from "node:timers/promises";
import type { NatsLink } from "@sealrun/nats";
import { executionsStream, poolConsumer, type PoolId } from "@sealrun/protocol";
import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg, ReplayPolicy } from "nats";
import { pause, unlessAborted } from "../../waits.ts";

const waitMs = 5_000;
/** The client ends a pull request by itself; one that it loses with a broken connection is given up after this long. */
const maxWaitMs = 3 * waitMs;
const retryMs = 1_000;
const progressMs = 10_000;

/** One message of the queue. It stays with this executor while it is kept, until `done` or `giveBack`. */
export interface QueuedMessage {
  readonly frame: Uint8Array;
  /** How often the queue has delivered it, this time included. */
  readonly delivered: number;
  /** Tells the queue, again and again, that work on the message goes on. Stop it with the returned function. */
  keep(): () => void;
  /** Takes the message out of the queue. */
  done(): void;
  /** Gives the message back, for redelivery after `afterMs`. */
  giveBack(afterMs: number): void;
}

/**
 * One request for up to `max` messages of a pool, open for some seconds. What arrives together comes as one batch, at
 * once: a batch never waits for messages that are still to come. The answer ends when all have come, the time is over,
 * the signal aborts, or the queue cannot be reached; the caller then asks again. What the caller does not take is given
 * back.
 */
export async function* takeBatches(
  link: NatsLink,
  pool: PoolId,
  { max, signal }: { readonly max: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly QueuedMessage[], void> {
  const arrived: JsMsg[] = [];
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(maxWaitMs)]);
  let left = max;
  let isOver = false;
  let bell = Promise.withResolvers<void>();
  // After a reconnect the client asks for all of them again: what comes too late or beyond `max` goes to others.
  const keep = (message: JsMsg): void => {
    if (isOver || left === 0) return message.nak();
    left -= 1;
    arrived.push(message);
    bell.resolve();
  };
  const pulling = pull(queueOf(link, pool), max, keep);
  try {
    while (!giveUp.aborted) {
      const end = await unlessAborted(Promise.race([bell.promise, pulling]), giveUp);
      // What one packet brought is one batch: the client hands it over before the next turn of the event loop.
      if (arrived.length > 0) await setImmediate();
      bell = Promise.withResolvers();
      while (arrived.length > 0) yield arrived.splice(0).map(queued);
      if (left === 0 || end === "ended") return;
      // There is no stream yet, or NATS is away: ask again after a moment.
      if (end === "failed") return await pause(retryMs, signal);
    }
  } finally {
    isOver = true;
    for (const message of arrived) message.nak();
  }
}

async function pull(queue: Consumer, max: number, onMessage: (message: JsMsg) => void): Promise<"ended" | "failed"> {
  try {
    for await (const message of await queue.fetch({ max_messages: max, expires: waitMs, bind: true }))
      onMessage(message);
    return "ended";
  } catch {
    return "failed";
  }
}

/**
 * The pool's queue, without asking whether it exists: an executor may ask JetStream for work and for nothing else. Of
 * this description the client uses only the names.
 */
function queueOf(link: NatsLink, pool: PoolId): Consumer {
  const nothing = { consumer_seq: 0, stream_seq: 0, last_active: 0 };
  return link.connection.jetstream().consumers.getPullConsumerFor({
    stream_name: executionsStream,
    name: poolConsumer(pool),
    config: {
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
    },
    created: "",
    delivered: nothing,
    ack_floor: nothing,
    num_ack_pending: 0,
    num_redelivered: 0,
    num_waiting: 0,
    num_pending: 0,
    push_bound: false,
    pause_remaining: 0,
  });
}

function queued(message: JsMsg): QueuedMessage {
  return {
    frame: message.data,
    delivered: message.info.deliveryCount,
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
