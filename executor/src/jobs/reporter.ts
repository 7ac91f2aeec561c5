import { signFrame, type SigningIdentity, newId } from "@sealrun/crypto";
import type { NatsLink } from "@sealrun/nats";
import { encodeJson, executorId, type ReportItem, subjects } from "@sealrun/protocol";
import type { Held } from "./platform-rpc.ts";

/** Least time between two chunks: a flood goes in few of them, and a line after a pause at once. */
const betweenFlushesMs = 40;
const chunkBytes = 128 * 1024;
const mostPendingBytes = 4 * 1024 * 1024;
const retryMs = 500;

/** Sends what happens in one attempt as numbered chunks. Items must be masked before they come here. */
export interface Reporter {
  /** Takes an item; the promise is pending while too much waits to be sent, so that a flood slows its script. */
  readonly report: (item: ReportItem) => Promise<void>;
  /** Sends everything and answers with the sequence of the last chunk. Gives up when the signal aborts. */
  finish(): Promise<number>;
}

/** A reporter for one attempt. A chunk is sent until JetStream has stored it, always under the same sequence. */
export function createReporter(deps: {
  readonly link: NatsLink;
  readonly identity: SigningIdentity;
  readonly held: Held;
  readonly signal: AbortSignal;
}): Reporter {
  const stream = deps.link.connection.jetstream({ timeout: 5_000 });
  const subject = subjects.reports(executorId.parse(deps.identity.id));
  let waiting: ReportItem[] = [];
  let waitingBytes = 0;
  let unstoredBytes = 0;
  let sequence = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  let flushedAt = Number.NEGATIVE_INFINITY;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    flushedAt = performance.now();
    if (waiting.length > 0) {
      const bytes = waitingBytes;
      sequence += 1;
      const chunk = encodeJson({ ...deps.held, sequence, items: waiting });
      const id = `${deps.held.executionId}:${deps.held.attempt}:${sequence}`;
      waiting = [];
      waitingBytes = 0;
      sending = sending.then(async () => {
        await sendUntilStored(chunk, id);
        unstoredBytes -= bytes;
      });
    }
    return sending;
  };

  const sendUntilStored = async (chunk: Uint8Array, id: string): Promise<void> => {
    while (!deps.signal.aborted) {
      const frame = signFrame(
        deps.identity,
        {
          v: 1,
          kind: "report",
          subject,
          sender: deps.identity.id,
          requestId: newId("request"),
          time: Date.now(),
          ...deps.held,
        },
        chunk,
      );
      const stored = await stream.publish(subject, frame, { msgID: id }).then(
        () => true,
        () => false,
      );
      if (stored) return;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  };

  return {
    report: async (item) => {
      const bytes = JSON.stringify(item).length;
      waiting.push(item);
      waitingBytes += bytes;
      unstoredBytes += bytes;
      if (waitingBytes >= chunkBytes) void flush();
      else timer ??= setTimeout(() => void flush(), Math.max(1, flushedAt + betweenFlushesMs - performance.now()));
      if (unstoredBytes >= mostPendingBytes) await sending;
    },
    finish: async () => {
      await flush();
      return sequence;
    },
  };
}
