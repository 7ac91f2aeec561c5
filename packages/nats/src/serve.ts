import { frameDigest, openFrame, readUnverifiedHeader, signFrame, type SigningIdentity } from "@sealrun/crypto";
import { type FrameHeader, limits, SealrunError, toSealrunError, encodeJson } from "@sealrun/protocol";
import type { Msg } from "nats";
import type { NatsLink } from "./link.ts";
import { createSeenFrames, type SeenFrames } from "./seen-frames.ts";

/** A verified request. */
export interface SignedRequest {
  readonly header: FrameHeader;
  readonly body: Uint8Array;
  /** The whole frame, for a third part to verify again. */
  readonly frame: Uint8Array;
  readonly subject: string;
}

/** Where unexpected failures go: an error and never a body. */
export interface FailureLog {
  error(fields: { readonly err: unknown; readonly kind: string }, message: string): void;
}

/** What to serve: one subject (wildcards allowed) in one queue group. */
export interface Service {
  readonly link: NatsLink;
  readonly identity: SigningIdentity;
  readonly subject: string;
  readonly queue: string;
  readonly kind: string;
  /** The public signing key of a sender, or undefined for one that is not known here. */
  readonly findKey: (sender: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  readonly handle: (request: SignedRequest) => Promise<object>;
  readonly log: FailureLog;
  /** What was answered before, of a service that is opened again; without it nothing was. */
  readonly seen?: SeenFrames;
}

/**
 * Answers signed requests until closed, each to an inbox; one that wants its answer elsewhere is dropped. A frame that was seen before is refused as `REPLAYED`; a request sent again
 * under the same request id is signed anew and so passes.
 */
export function serve(service: Service): { close(): Promise<void> } {
  const seen = service.seen ?? createSeenFrames();
  const subscription = service.link.connection.subscribe(service.subject, {
    queue: service.queue,
    callback: (error, message) => {
      if (error === null) void answer(service, seen, message);
      else service.log.error({ err: error, kind: service.kind }, "A subscription failed");
    },
  });
  return {
    close: async () => {
      if (!subscription.isClosed()) await subscription.drain();
    },
  };
}

async function answer(service: Service, seen: SeenFrames, message: Msg): Promise<void> {
  if (!wantsAnswerInInbox(message)) return;
  let header: FrameHeader | undefined;
  let reply: object;
  try {
    const request = await verify(service, seen, message);
    header = request.header;
    reply = await service.handle(request);
  } catch (error) {
    const failure = toSealrunError(error);
    if (failure.code === "INTERNAL") service.log.error({ err: error, kind: service.kind }, "A request failed");
    reply = { ok: false, code: failure.code, message: failure.message };
  }
  const frame = signFrame(
    service.identity,
    {
      v: 1,
      kind: `${service.kind}.reply`,
      subject: message.subject,
      sender: service.identity.id,
      requestId: header?.requestId ?? "unknown",
      time: Date.now(),
      requestDigest: frameDigest(message.data),
    },
    encodeJson(reply),
  );
  message.respond(frame);
}

/**
 * NATS lets a sender name any subject for the answer, its own rights or not: ours would reach the server's API, say. What
 * comes from another account bears a name that the server gave it, below `_R_`.
 */
function wantsAnswerInInbox({ reply }: Msg): boolean {
  return reply?.startsWith("_INBOX.") === true || reply?.startsWith("_R_.") === true;
}

async function verify(service: Service, seen: SeenFrames, message: Msg): Promise<SignedRequest> {
  const now = Date.now();
  const { sender } = readUnverifiedHeader(message.data);
  const key = await service.findKey(sender);
  const opened = openFrame(message.data, {
    findKey: (id) => (id === sender ? key : undefined),
    expect: { kind: `${service.kind}.request`, subject: message.subject },
    now,
    maxAgeMs: limits.requestLifetimeMs,
    maxSkewMs: limits.clockSkewMs,
  });
  if (!seen.add(opened.digest, now)) throw new SealrunError("REPLAYED", "This request was already answered");
  return { header: opened.header, body: opened.body, frame: message.data, subject: message.subject };
}
