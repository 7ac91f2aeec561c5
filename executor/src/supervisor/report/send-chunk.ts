import { newId, signFrame, type SigningIdentity } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { NatsLink } from "@sealrun/nats";
import { encodeJson, executorId, type ReportItem, subjects, type AttemptRef } from "@sealrun/protocol";

/** Who sends reports, and how. */
export interface ChunkSender {
  readonly link: NatsLink;
  readonly identity: SigningIdentity;
}

/** One numbered part of what happened in an attempt. */
export interface Chunk {
  readonly sequence: number;
  readonly items: readonly ReportItem[];
}

const storeTimeoutMs = 5_000;

/** The id under which JetStream stores a chunk's first sending, however often its answer is late and it is sent once more. */
export function firstId({ executionId, attempt }: AttemptRef, { sequence }: Chunk): string {
  return `${executionId}:${attempt}:${sequence}`;
}

/**
 * An id under which a chunk is sent again that the platform misses. It must be fresh: for two minutes JetStream answers
 * "duplicate" to an id it has seen and stores nothing, even when the message is gone from its stream. The first sending
 * keeps one id instead: acknowledgements are late when the server has too much to do, and each of them would double what
 * it has to do. What such an id loses is missed by the platform, and comes under a fresh one.
 */
export function freshId(ref: AttemptRef, chunk: Chunk): string {
  return `${firstId(ref, chunk)}:${newId("request")}`;
}

/** Sends a chunk; true once JetStream says that it has stored it, or a message of that id before. */
export async function sendChunk(
  { link, identity }: ChunkSender,
  ref: AttemptRef,
  chunk: Chunk,
  messageId: string,
): Promise<boolean> {
  const subject = subjects.reports(executorId.parse(identity.id));
  const { executionId, attempt } = ref;
  const frame = signFrame(
    identity,
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
    encodeJson({ executionId, attempt, sequence: chunk.sequence, items: chunk.items }),
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
