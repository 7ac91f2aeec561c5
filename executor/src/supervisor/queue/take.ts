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

/** The next message of a pool, or undefined when none came in some seconds or the queue cannot be reached. */
export async function takeNext(link: NatsLink, pool: PoolId, signal: AbortSignal): Promise<QueuedMessage | undefined> {
  try {
    const next = queueOf(link, pool).next({ expires: waitMs, bind: true });
    const giveUp = AbortSignal.any([signal, AbortSignal.timeout(maxWaitMs)]);
    const message = await unlessAborted(next, giveUp);
    if (giveUp.aborted) giveBackLate(next);
    return message === undefined || message === null || giveUp.aborted ? undefined : queued(message);
  } catch {
    // There is no stream yet, or NATS is away: ask again after a moment.
    await pause(retryMs, signal);
    return undefined;
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

/** A message that arrives after the wait was given up goes to another executor at once. */
function giveBackLate(next: Promise<JsMsg | null>): void {
  next.then(
    (message) => message?.nak(),
    () => undefined,
  );
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
