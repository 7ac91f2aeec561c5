import { newId, signFrame, type SigningIdentity } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { NatsLink } from "@sealrun/nats";
import { encodeJson, executorId, type ReportItem, subjects } from "@sealrun/protocol";
import type { Held } from "./platform-rpc.ts";

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

/**
 * Sends a chunk; true once JetStream has stored it. A chunk that the stream has had lately is not stored twice, so that
 * it can be sent again and again.
 */
export async function sendChunk({ link, identity }: ChunkSender, held: Held, chunk: Chunk): Promise<boolean> {
  const subject = subjects.reports(executorId.parse(identity.id));
  const { executionId, attempt } = held;
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
    await stream.publish(subject, frame, { msgID: `${executionId}:${attempt}:${chunk.sequence}` });
  } catch {
    return false;
  }
  crashPoint("executor.report.published");
  return true;
}
