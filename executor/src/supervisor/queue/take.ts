import type { NatsLink } from "@sealrun/nats";
import { executionsStream, poolConsumer, type PoolId } from "@sealrun/protocol";
import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg, ReplayPolicy } from "nats";
import { pause, unlessAborted } from "../../waits.ts";

const waitMs = 5_000;
/** The client ends a wait by itself; one that it forgets over a broken connection is given up. */
const longestWaitMs = 3 * waitMs;
const retryMs = 1_000;
const progressMs = 10_000;

/** One message of the queue. It stays ours while `whileWorking` runs, and is done with after `done`. */
export interface QueuedMessage {
  readonly frame: Uint8Array;
  /** How often the queue has handed it to somebody, this time included. */
  readonly delivered: number;
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
    const next = queueOf(link, pool).next({ expires: waitMs, bind: true });
    const silence = AbortSignal.any([signal, AbortSignal.timeout(longestWaitMs)]);
    const message = await unlessAborted(next, silence);
    if (silence.aborted) giveBackLate(next);
    return message === undefined || message === null || silence.aborted ? undefined : queued(message);
  } catch {
    // No stream yet, or NATS is away: the doorbell will ring again, so ask again after a moment.
    await pause(retryMs, signal);
    return undefined;
  }
}

/**
 * The pool's queue, unasked whether it is there: an executor may ask for work, and nothing else of JetStream. The client
 * looks at the names alone.
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

/** A message that comes when nobody takes any more goes to another executor at once. */
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
