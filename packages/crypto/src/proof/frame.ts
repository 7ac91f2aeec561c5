import { decode, type FrameHeader, frameHeader, makeRoom, SealrunError } from "@sealrun/protocol";
import { toBase64 } from "../bytes/base64.ts";
import { concatBytes, equalBytes, lengthPrefixed, utf8 } from "../bytes/bytes.ts";
import { sha256Hex } from "../bytes/digest.ts";
import type { Identity, SigningIdentity } from "../keys/identity.ts";
import { sign, verify } from "../primitives/signature.ts";
import { pairKey, type PairPeer } from "./pair-key.ts";
import { hmacSha512 } from "#seam";

// Part of the proven bytes, but not sent: a signature or a MAC made for another purpose is not valid for a frame.
const label = utf8("sealrun/frame/v1\0");
const maxHeaderBytes = 4096;
/** Of an Ed25519 signature, and of HMAC-SHA-512. */
const proofBytes = 64;

/**
 * Valid frames by their digest, signature included, and the key that signed them: the same bytes are checked once, as
 * when one frame holds the grants of several attempts. The oldest one is dropped.
 */
const valid = new Set<string>();
const maxValid = 1_000;

/** What the receiver requires of a frame. */
export interface FrameExpectation {
  /** The sender's Ed25519 public key. `unverifiedBody` is only for enrolment: that body carries the key that signed it. */
  readonly findKey: (senderId: string, unverifiedBody: Uint8Array) => Uint8Array | undefined;
  /**
   * The key that this part shares with the sender, for a frame that proves its sender to this part only. Without it, as
   * for whatever is passed on, such a frame is refused. The header may state the sender's X25519 key.
   */
  readonly findPairKey?: (senderId: string, unverifiedHeader: FrameHeader) => Uint8Array | undefined;
  readonly expect: {
    readonly kind: string;
    readonly subject?: string | undefined;
    /** For a reply: `frameDigest` of the request that it must answer. */
    readonly requestDigest?: string | undefined;
  };
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly maxAgeMs: number;
  readonly maxSkewMs: number;
}

/** No check of the time, for a frame that is fresh for another reason: the reply to a request that was just sent. */
export const anyAge = { now: 0, maxAgeMs: Number.POSITIVE_INFINITY, maxSkewMs: Number.POSITIVE_INFINITY } as const;

/** The oldest frame that is accepted from a queue, where frames wait while their receiver is away. */
export const maxQueuedFrameMs = 30 * 24 * 3_600_000;

/** A frame that was verified; `body` is a view into the received bytes. */
export interface OpenedFrame {
  readonly header: FrameHeader;
  readonly body: Uint8Array;
  readonly digest: string;
}

/** Signs a frame and returns its bytes. Throws `TypeError` when the header's sender is not the identity's id. */
export function signFrame(identity: SigningIdentity, header: FrameHeader, body: Uint8Array): Uint8Array {
  const content = contentOf(identity, header, body);
  return concatBytes(content, sign(identity.signPrivate, concatBytes(label, content)));
}

/**
 * A frame that proves its sender to one peer only, by a MAC that the peer could have made too: for what is not passed on.
 * A signature and its check take much longer. Throws as `signFrame` and `pairKey`.
 */
export function pairFrame(own: Identity, peer: PairPeer, header: FrameHeader, body: Uint8Array): Uint8Array {
  const content = contentOf(own, { ...header, proof: "pair" }, body);
  return concatBytes(content, hmacSha512(pairKey(own, peer), concatBytes(label, content)));
}

/**
 * Verifies a frame, then parses it. Throws `BAD_FORMAT` or `MALFORMED` (not a frame), `UNKNOWN_SENDER`, `BAD_SIGNATURE`,
 * `EXPIRED` (too old or from the future), `MALFORMED` (another kind), `REPLAYED` (another subject, or the reply to
 * another request). It keeps no state: the caller refuses a request id that it has seen before.
 */
export function openFrame(bytes: Uint8Array, wanted: FrameExpectation): OpenedFrame {
  const parts = splitFrame(bytes);
  const { header, body } = parts;
  const digest = frameDigest(bytes);
  if (!isProven(parts, digest, wanted)) throw new SealrunError("BAD_SIGNATURE", "");
  checkTime(header.time, wanted);
  checkAddress(header, wanted.expect);
  return { header, body, digest };
}

/** The header, not verified: only to find out which sender's key to fetch. */
export function readUnverifiedHeader(bytes: Uint8Array): FrameHeader {
  return splitFrame(bytes).header;
}

/** SHA-256 of a whole frame in hex: names a request in its reply. */
export function frameDigest(bytes: Uint8Array): string {
  return sha256Hex(bytes);
}

function contentOf({ id }: Pick<Identity, "id">, header: FrameHeader, body: Uint8Array): Uint8Array {
  if (header.sender !== id) throw new TypeError("The sender of a frame must be the identity that signs it");
  return lengthPrefixed(utf8(JSON.stringify(header)), body);
}

function isProven({ header, body, content, proof }: FrameParts, digest: string, wanted: FrameExpectation): boolean {
  const proven = concatBytes(label, content);
  if (header.proof === "pair") {
    const shared = wanted.findPairKey?.(header.sender, header);
    return shared !== undefined && equalBytes(hmacSha512(shared, proven), proof);
  }
  const key = wanted.findKey(header.sender, body);
  if (key === undefined) throw new SealrunError("UNKNOWN_SENDER", "");
  const name = `${digest} ${toBase64(key)}`;
  if (valid.has(name)) return true;
  if (!verify(key, proven, proof)) return false;
  makeRoom(valid, maxValid);
  valid.add(name);
  return true;
}

interface FrameParts {
  readonly header: FrameHeader;
  readonly body: Uint8Array;
  readonly content: Uint8Array;
  readonly proof: Uint8Array;
}

function splitFrame(bytes: Uint8Array): FrameParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bodyAt = endOfPart(view, 0, maxHeaderBytes);
  const proofAt = endOfPart(view, bodyAt, bytes.length);
  if (bytes.length !== proofAt + proofBytes) throw notAFrame();
  return {
    header: decode(frameHeader, bytes.subarray(4, bodyAt)),
    body: bytes.subarray(bodyAt + 4, proofAt),
    content: bytes.subarray(0, proofAt),
    proof: bytes.subarray(proofAt),
  };
}

function endOfPart(view: DataView, start: number, maxBytes: number): number {
  if (view.byteLength < start + 4) throw notAFrame();
  const length = view.getUint32(start);
  const end = start + 4 + length;
  if (length > maxBytes || end > view.byteLength) throw notAFrame();
  return end;
}

function checkTime(time: number, { now, maxAgeMs, maxSkewMs }: FrameExpectation): void {
  if (now - time > maxAgeMs) throw new SealrunError("EXPIRED", "");
  if (time - now > maxSkewMs)
    throw new SealrunError("EXPIRED", "The time of a message is in the future; check the clocks");
}

function checkAddress(header: FrameHeader, expected: FrameExpectation["expect"]): void {
  if (header.kind !== expected.kind) throw new SealrunError("MALFORMED", `Expected a message of kind ${expected.kind}`);
  if (expected.subject !== undefined && header.subject !== expected.subject) {
    throw new SealrunError("REPLAYED", "A message was signed for another subject than the one it arrived on");
  }
  if (expected.requestDigest !== undefined && header.requestDigest !== expected.requestDigest) {
    throw new SealrunError("REPLAYED", "A message answers another request");
  }
}

function notAFrame(): SealrunError {
  return new SealrunError("BAD_FORMAT", "Expected a signed message");
}
