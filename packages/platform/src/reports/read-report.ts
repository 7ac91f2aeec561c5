import {
  type Identity,
  maxQueuedFrameMs,
  openFrame,
  pairKey,
  readStatedBox,
  readUnverifiedHeader,
} from "@sealrun/crypto";
import {
  type AttemptRef,
  decodeOfAttempt,
  executorId,
  type ExecutorId,
  type Report,
  report,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import type { JsMsg, Msg } from "nats";
import type { Kept } from "../cache/kept.ts";

/** The limits of PostgreSQL's integer: a chunk that it refuses would be redelivered without end. */
const maxInteger = 2_147_483_647;
const storableReport = report.extend({ sequence: report.shape.sequence.max(maxInteger) });

/** A verified report, and the message that brought it: of the stream, or as it was published. */
export interface ArrivedReport<M = JsMsg> {
  readonly message: M;
  readonly sender: ExecutorId;
  readonly report: Report & AttemptRef;
}

/** What reading a report needs. */
export interface ReadDeps {
  readonly identity: Identity;
  readonly kept: Pick<Kept, "findExecutor">;
}

/** Verifies a message and reads its report. Fails as frames do; `REPLAYED` for another executor's subject. */
export async function readReport<M extends JsMsg | Msg>(
  { identity, kept }: ReadDeps,
  message: M,
): Promise<ArrivedReport<M>> {
  const { sender } = readUnverifiedHeader(message.data);
  const executor = await kept.findExecutor(sender);
  if (executor === undefined) throw new SealrunError("UNKNOWN_SENDER", "");
  const opened = openFrame(message.data, {
    findKey: () => executor.signPublic,
    // A report may come hours later, after restarts of both: it states the key that its MAC is checked with.
    findPairKey: (id, header) => {
      const boxPublic = readStatedBox(header, executor.signPublic);
      return boxPublic === undefined ? undefined : pairKey(identity, { id, boxPublic });
    },
    expect: { kind: "report", subject: message.subject },
    now: Date.now(),
    maxAgeMs: maxQueuedFrameMs,
    // An executor's wrong clock does no harm: a chunk counts once, by its number.
    maxSkewMs: maxQueuedFrameMs,
  });
  const id = executorId.parse(sender);
  if (message.subject !== subjects.reports(id)) {
    throw new SealrunError("REPLAYED", "The report was sent on another executor's subject");
  }
  return { message, sender: id, report: decodeOfAttempt(storableReport, opened) };
}
