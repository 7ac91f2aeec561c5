import { type Identity, newId } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import { frameForPeer, type NatsLink, type Peer } from "@sealrun/nats";
import { executorId, subjects, type AttemptRef } from "@sealrun/protocol";

/** What sending reports needs. */
export interface ChunkSender {
  readonly link: NatsLink;
  readonly identity: Identity;
  /** The only reader of reports. */
  readonly platform: Peer;
}

/** One numbered part of what happened in an attempt. */
export interface Chunk {
  readonly sequence: number;
  /** A JSON array of report items. A worker wrote them, and no supervisor reads them. */
  readonly items: Uint8Array;
}

/** A chunk's items as text. Bytes that are not UTF-8 become U+FFFD: what a worker wrote must not stop its supervisor. */
export function itemsText({ items }: Pick<Chunk, "items">): string {
  return new TextDecoder().decode(items);
}

const storeTimeoutMs = 5_000;

/** The message id of a chunk's first sending; it is the same for each retry when the acknowledgement is late. */
export function firstId({ executionId, attempt }: AttemptRef, { sequence }: Chunk): string {
  return `${executionId}:${attempt}:${sequence}`;
}

/**
 * The message id for sending a chunk again that the platform misses. It must be fresh: for two minutes JetStream
 * answers "duplicate" to an id that it has seen and stores nothing, even when the message is gone from its stream. The
 * first sending and its retries share one id instead: acknowledgements are late when the server is overloaded, and
 * fresh ids would then double its load. A chunk lost in this way is missed by the platform, and sent again under a
 * fresh id.
 */
export function freshId(ref: AttemptRef, chunk: Chunk): string {
  return `${firstId(ref, chunk)}:${newId("request")}`;
}

/** Sends a chunk; true once JetStream says that it has stored the chunk, or earlier a message with this id. */
export async function sendChunk(
  { link, identity, platform }: ChunkSender,
  ref: AttemptRef,
  chunk: Chunk,
  messageId: string,
): Promise<boolean> {
  const subject = subjects.reports(executorId.parse(identity.id));
  const { executionId, attempt } = ref;
  const frame = frameForPeer(
    identity,
    platform,
    {
      v: 1,
      kind: "report",
      subject,
      sender: identity.id,
      requestId: newId("request"),
      time: Date.now(),
      executionId,
      attempt,
    },
    Buffer.concat([Buffer.from(`{"sequence":${chunk.sequence},"items":`), chunk.items, Buffer.from("}")]),
  );
  try {
    const stream = link.connection.jetstream({ timeout: storeTimeoutMs });
    await stream.publish(subject, frame, { msgID: messageId });
  } catch {
    return false;
  }
  crashPoint("executor.report.published");
  return true;
}
