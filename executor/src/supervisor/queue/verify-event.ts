import { maxQueuedFrameMs, openFrame } from "@sealrun/crypto";
import type { Peer } from "@sealrun/nats";
import {
  decode,
  type ExecutionEvent,
  executionEvent,
  limits,
  type PoolId,
  SealrunError,
  subjects,
} from "@sealrun/protocol";

/**
 * The event in a frame that the platform signed for this pool. Fails with `UNKNOWN_SENDER`, `BAD_SIGNATURE`,
 * `BAD_FORMAT` or `MALFORMED` for anything else, and `EXPIRED` for an event that has expired.
 */
export function verifyEvent(
  frame: Uint8Array,
  trust: { readonly platform: Peer; readonly pool: PoolId },
  now: number,
): ExecutionEvent {
  const opened = openFrame(frame, {
    findKey: (sender) => (sender === trust.platform.id ? trust.platform.signPublic : undefined),
    expect: { kind: "event", subject: subjects.executions(trust.pool) },
    now,
    maxAgeMs: maxQueuedFrameMs,
    maxSkewMs: limits.clockSkewMs,
  });
  const event = decode(executionEvent, opened.body);
  if (event.platformId !== trust.platform.id || event.pool !== trust.pool) {
    throw new SealrunError("MALFORMED", "The event is for another platform or pool");
  }
  if (event.expiresAt < now) throw new SealrunError("EXPIRED", `The event of ${event.executionId} has expired`);
  return event;
}
