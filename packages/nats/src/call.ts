import { hostname } from "node:os";
import {
  anyAge,
  frameDigest,
  type Identity,
  newId,
  openFrame,
  pairKey,
  type PairPeer,
  signFrame,
  toBase64,
} from "@sealrun/crypto";
import { failAfter } from "@sealrun/faults";
import {
  answeredError,
  decode,
  type ErrorCode,
  type FrameHeader,
  judgeClocks,
  limits,
  type RpcRefusal,
  rpcRefusal,
  SealrunError,
  encodeJson,
  toSealrunError,
} from "@sealrun/protocol";
import { z } from "zod";
import type { NatsLink } from "./link.ts";
import { findPair, forgetPair, frameOfPair, notePair, type Peer } from "./peer-frame.ts";

/** One signed request. `kind` is the verb: the frames are of kind `<verb>.request` and `<verb>.reply`. */
export interface Call<T> {
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly peer: Peer;
  /**
   * The peer does not pass the request on, and knows this part's X25519 key or reads it from the header: once the peer's own
   * key is known, the request is not signed.
   */
  readonly isForPeerOnly?: boolean;
  /** Only a signed reply counts. Without it, one with a MAC does too. */
  readonly isSigned?: boolean;
  /**
   * The caller would drop something at a refusal. So a reply that is not the peer's or cannot be read, which others on the
   * bus can send, is no answer, and neither is `REPLAYED`, which they can provoke by sending the request again. Without
   * it, each is thrown with its own code.
   */
  readonly isPatient?: boolean;
  readonly subject: string;
  readonly kind: string;
  readonly body: unknown;
  readonly reply: z.ZodType<T>;
  readonly timeoutMs?: number;
  readonly executionId?: string;
  readonly attempt?: number;
  /** Set when a request is sent again: the same id gets the same answer. */
  readonly requestId?: string;
  /** The error code when there is no answer. */
  readonly unreachable: ErrorCode;
}

/**
 * Sends a request and waits for the peer's reply to exactly this request; each is signed, or has a MAC under the key of
 * both sides. When a MAC is refused, the request is sent once more with a signature. A refusal is thrown with its own
 * code, or as `CLOCK_WRONG` when the clocks of both sides differ; no answer as `unreachable`; a reply that is not the
 * peer's, or cannot be read, as frames fail.
 */
export async function call<T>(
  options: Call<T>,
): Promise<{ readonly value: T; readonly requestId: string; readonly frame: Uint8Array }> {
  const requestId = options.requestId ?? newId("request");
  const pair = findPair(options.peer);
  let answer = await ask(options, requestId, pair);
  if (isBadSignature(answer.value)) {
    // The peer may have other keys now, or need a signature here.
    forgetPair(options.peer);
    if (pair !== undefined && options.isForPeerOnly === true) answer = await ask(options, requestId, undefined);
  }
  const { value, frame, header } = answer;
  if (isRefusal(value)) throw readRefusal(options, value, header);
  return { value, requestId, frame };
}

async function ask<T>(options: Call<T>, requestId: string, pair: PairPeer | undefined) {
  const { identity, peer } = options;
  const request = makeRequest(options, requestId, pair);
  const frame = await exchange(options, request);
  try {
    const { header, body } = openFrame(frame, {
      findKey: (sender) => (sender === peer.id ? peer.signPublic : undefined),
      findPairKey: (sender) => (sender === pair?.id && options.isSigned !== true ? pairKey(identity, pair) : undefined),
      expect: { kind: `${options.kind}.reply`, subject: options.subject, requestDigest: frameDigest(request) },
      // The reply names the digest of the request, which was made just now.
      ...anyAge,
    });
    const value = decode(z.union([rpcRefusal, options.reply]), body);
    notePair(peer, header);
    return { value, frame, header };
  } catch (error) {
    if (options.isPatient !== true) throw error;
    const { code, message } = toSealrunError(error);
    throw noAnswer(
      options,
      `The answer is not of the ${peer.id} that is known here, or of another version of it (${code}: ${message})`,
      error,
    );
  }
}

function readRefusal(options: Call<unknown>, refusal: RpcRefusal, { time }: FrameHeader): SealrunError {
  const { peer, isPatient } = options;
  if (isPatient === true && refusal.code === "REPLAYED") {
    // The request was made just now: it arrived twice, and the answer to the other one is lost or late.
    return noAnswer(options, "The request arrived twice", answeredError(refusal));
  }
  // The request is new: only a different clock can make it look expired.
  const clocks =
    refusal.code === "EXPIRED" ? judgeClocks(time - Date.now(), { own: hostname(), other: peer.id }) : undefined;
  return clocks ?? answeredError(refusal);
}

function makeRequest<T>(options: Call<T>, requestId: string, pair: PairPeer | undefined): Uint8Array {
  const { identity } = options;
  const header: FrameHeader = {
    v: 1,
    kind: `${options.kind}.request`,
    subject: options.subject,
    sender: identity.id,
    requestId,
    time: Date.now(),
    ...(options.executionId === undefined ? {} : { executionId: options.executionId }),
    ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
  };
  const body = encodeJson(options.body);
  if (pair !== undefined && options.isForPeerOnly === true) return frameOfPair(identity, pair, header, body);
  const box = toBase64(identity.box.publicKey);
  const peerBox = pair === undefined ? {} : { peerBox: toBase64(pair.boxPublic) };
  return signFrame(identity, { ...header, box, ...peerBox }, body);
}

async function exchange<T>(options: Call<T>, request: Uint8Array): Promise<Uint8Array> {
  try {
    const reply = await options.link.connection.request(options.subject, request, {
      timeout: options.timeoutMs ?? limits.answerMs,
    });
    failAfter("nats");
    return reply.data;
  } catch (error) {
    throw noAnswer(options, "", error);
  }
}

function noAnswer({ unreachable }: Pick<Call<unknown>, "unreachable">, message: string, cause: unknown): SealrunError {
  return new SealrunError(unreachable, message, { cause });
}

function isRefusal(value: unknown): value is RpcRefusal {
  return rpcRefusal.safeParse(value).success;
}

function isBadSignature(value: unknown): boolean {
  return isRefusal(value) && value.code === "BAD_SIGNATURE";
}
