import { decode, type FrameHeader, frameHeader, SealrunError } from "@sealrun/protocol";
import { concatBytes, lengthPrefixed, utf8 } from "../bytes/bytes.ts";
import { sha256Hex } from "../bytes/digest.ts";
import type { SigningIdentity } from "../keys/identity.ts";
import { sign, verify } from "../primitives/signature.ts";

// Part of the signed bytes, but not sent: a signature made for another purpose is not valid for a frame.
const label = utf8("sealrun/frame/v1\0");
const maxHeaderBytes = 4096;
const signatureBytes = 64;

/** What the receiver requires of a frame. */
export interface FrameExpectation {
  /** The sender's Ed25519 public key. `unverifiedBody` is only for enrolment: that body carries the key that signed it. */
  readonly findKey: (senderId: string, unverifiedBody: Uint8Array) => Uint8Array | undefined;
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
  if (header.sender !== identity.id) throw new TypeError("The sender of a frame must be the identity that signs it");
  const content = lengthPrefixed(utf8(JSON.stringify(header)), body);
  return concatBytes(content, sign(identity.signPrivate, concatBytes(label, content)));
}

/**
 * Verifies a frame, then parses it. Throws `BAD_FORMAT` or `MALFORMED` (not a frame), `UNKNOWN_SENDER`, `BAD_SIGNATURE`,
 * `EXPIRED` (too old or from the future), `MALFORMED` (another kind), `REPLAYED` (another subject, or the reply to
 * another request). It keeps no state: the caller refuses a request id that it has seen before.
 */
export function openFrame(bytes: Uint8Array, wanted: FrameExpectation): OpenedFrame {
  const { header, body, content, signature } = splitFrame(bytes);
  const key = wanted.findKey(header.sender, body);
  if (key === undefined) throw new SealrunError("UNKNOWN_SENDER", "");
  if (!verify(key, concatBytes(label, content), signature)) throw new SealrunError("BAD_SIGNATURE", "");
  checkTime(header.time, wanted);
  checkAddress(header, wanted.expect);
  return { header, body, digest: frameDigest(bytes) };
}

/** The header, not verified: only to find out which sender's key to fetch. */
export function readUnverifiedHeader(bytes: Uint8Array): FrameHeader {
  return splitFrame(bytes).header;
}

/** SHA-256 of a whole frame in hex: names a request in its reply. */
export function frameDigest(bytes: Uint8Array): string {
  return sha256Hex(bytes);
}

interface FrameParts {
  readonly header: FrameHeader;
  readonly body: Uint8Array;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
}

function splitFrame(bytes: Uint8Array): FrameParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bodyAt = endOfPart(view, 0, maxHeaderBytes);
  const signatureAt = endOfPart(view, bodyAt, bytes.length);
  if (bytes.length !== signatureAt + signatureBytes) throw notAFrame();
  return {
    header: decode(frameHeader, bytes.subarray(4, bodyAt)),
    body: bytes.subarray(bodyAt + 4, signatureAt),
    content: bytes.subarray(0, signatureAt),
    signature: bytes.subarray(signatureAt),
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
