import {
  frameDigest,
  fromBase64,
  type Identity,
  openFrame,
  pairFrame,
  pairKey,
  type PairPeer,
  readUnverifiedHeader,
  signFrame,
  toBase64,
} from "@sealrun/crypto";
import { type FrameHeader, limits, SealrunError, toSealrunError, encodeJson } from "@sealrun/protocol";
import type { Msg } from "nats";
import type { NatsLink } from "./link.ts";
import { createSeenFrames, type SeenFrames } from "./seen-frames.ts";

/** A verified request; `frame` is signed, unless the service has `findBox`. */
export interface SignedRequest {
  readonly header: FrameHeader;
  readonly body: Uint8Array;
  /** The whole frame, so that a third process can verify it again. */
  readonly frame: Uint8Array;
  readonly subject: string;
}

/** The log for unexpected failures: errors, never a body. */
export interface FailureLog {
  error(fields: { readonly err: unknown; readonly kind: string }, message: string): void;
}

/** What to serve: one subject (wildcards allowed) in one queue group. */
export interface Service {
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly subject: string;
  readonly queue: string;
  readonly kind: string;
  /** The public signing key of a sender, or undefined for an unknown sender. */
  readonly findKey: (sender: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /**
   * The X25519 key of a sender whose requests need no signature, because they are not passed on; none by default. Gets the
   * header, which is not verified yet, and the sender's public signing key.
   */
  readonly findBox?: (header: FrameHeader, signPublic: Uint8Array) => Uint8Array | undefined;
  /** Replies are always signed: only so do they count. */
  readonly isSigned?: boolean;
  readonly handle: (request: SignedRequest) => Promise<object>;
  readonly log: FailureLog;
  /** The frames answered before, when a service is opened again; none by default. */
  readonly seen?: SeenFrames;
}

/**
 * Answers signed requests until closed. Only answers to an inbox are sent: a request with another reply subject is
 * dropped. A frame that was seen before is refused as `REPLAYED`; a retry under the same request id is signed again and
 * so passes.
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
  let pair: PairPeer | undefined;
  let reply: object;
  try {
    const { request, boxPublic } = await verify(service, seen, message);
    ({ header } = request);
    pair = findPair(service, header, boxPublic);
    reply = await service.handle(request);
  } catch (error) {
    const failure = toSealrunError(error);
    if (failure.code === "INTERNAL") service.log.error({ err: error, kind: service.kind }, "A request failed");
    reply = { ok: false, code: failure.code, message: failure.message };
  }
  const { identity } = service;
  const replyHeader: FrameHeader = {
    v: 1,
    kind: `${service.kind}.reply`,
    subject: message.subject,
    sender: identity.id,
    requestId: header?.requestId ?? "unknown",
    time: Date.now(),
    requestDigest: frameDigest(message.data),
  };
  const body = encodeJson(reply);
  if (pair !== undefined) return void message.respond(pairFrame(identity, pair, replyHeader, body));
  const box = header?.box === undefined ? {} : { box: toBase64(identity.box.publicKey) };
  message.respond(signFrame(identity, { ...replyHeader, ...box }, body));
}

/**
 * The requester, when it can check a MAC; `proven` is the key under which its request had one. Throws `LOW_ORDER_KEY` for
 * a key that cannot have one.
 */
function findPair(
  { identity, isSigned }: Service,
  header: FrameHeader,
  proven: Uint8Array | undefined,
): PairPeer | undefined {
  if (isSigned === true) return undefined;
  const knowsOurs = header.peerBox === toBase64(identity.box.publicKey);
  const stated = header.box === undefined || !knowsOurs ? undefined : fromBase64(header.box);
  const boxPublic = proven ?? stated;
  if (boxPublic === undefined) return undefined;
  const pair = { id: header.sender, boxPublic };
  // Here a bad key is a refusal.
  pairKey(identity, pair);
  return pair;
}

/**
 * NATS lets a sender name any reply subject, even without rights to it: with our rights an answer could reach the
 * server's API, for example. Requests from another account have a reply subject below `_R_`, given by the server.
 */
function wantsAnswerInInbox({ reply }: Msg): boolean {
  return reply?.startsWith("_INBOX.") === true || reply?.startsWith("_R_.") === true;
}

/** Also gives the X25519 key of a sender whose request has a MAC. */
async function verify(service: Service, seen: SeenFrames, message: Msg) {
  const now = Date.now();
  const { sender } = readUnverifiedHeader(message.data);
  const key = await service.findKey(sender);
  let boxPublic: Uint8Array | undefined;
  const opened = openFrame(message.data, {
    findKey: (id) => (id === sender ? key : undefined),
    findPairKey: (id, header) => {
      boxPublic = key === undefined ? undefined : service.findBox?.(header, key);
      return boxPublic === undefined ? undefined : pairKey(service.identity, { id, boxPublic });
    },
    expect: { kind: `${service.kind}.request`, subject: message.subject },
    now,
    maxAgeMs: limits.requestLifetimeMs,
    maxSkewMs: limits.clockSkewMs,
  });
  if (!seen.add(opened.digest, now)) throw new SealrunError("REPLAYED", "This request was already answered");
  const request: SignedRequest = {
    header: opened.header,
    body: opened.body,
    frame: message.data,
    subject: message.subject,
  };
  return { request, boxPublic };
}
