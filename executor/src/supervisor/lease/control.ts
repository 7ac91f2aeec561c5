import { openFrame } from "@sealrun/crypto";
import type { NatsLink, Peer } from "@sealrun/nats";
import {
  controlOrder,
  decode,
  type ExecutorId,
  limits,
  subjects,
  toSealrunError,
  type AttemptRef,
} from "@sealrun/protocol";
import type { Logger } from "pino";

/** Receives the orders that the platform sends to this executor. */
export interface Control {
  /** Calls `onCancel` when the platform wants the attempt to end, until the returned function is called. */
  readonly watch: (ref: AttemptRef, onCancel: () => void) => () => void;
  readonly close: () => void;
}

/**
 * Listens until closed. Drops an order that the platform did not sign, that is old, or whose attempt does not run here.
 */
export function listenToControl(deps: {
  readonly link: NatsLink;
  readonly executorId: ExecutorId;
  readonly platform: Peer;
  readonly log: Logger;
}): Control {
  const subject = subjects.control(deps.executorId);
  const running = new Map<string, () => void>();
  const subscription = deps.link.connection.subscribe(subject, {
    callback: (error, message) => {
      try {
        if (error !== null) throw error;
        const opened = openFrame(message.data, {
          findKey: (sender) => (sender === deps.platform.id ? deps.platform.signPublic : undefined),
          expect: { kind: "control", subject },
          now: Date.now(),
          maxAgeMs: limits.requestLifetimeMs,
          maxSkewMs: limits.clockSkewMs,
        });
        running.get(keyOf(decode(controlOrder, opened.body)))?.();
      } catch (failure) {
        deps.log.warn(
          { code: toSealrunError(failure).code },
          "An order was dropped; the next lease renewal brings a cancel",
        );
      }
    },
  });
  return {
    watch: (ref, onCancel) => {
      running.set(keyOf(ref), onCancel);
      return () => running.delete(keyOf(ref));
    },
    close: () => {
      if (!subscription.isClosed()) subscription.unsubscribe();
    },
  };
}

function keyOf({ executionId, attempt }: AttemptRef): string {
  return `${executionId}:${attempt}`;
}
