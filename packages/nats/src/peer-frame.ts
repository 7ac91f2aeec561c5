import {
  checkPublicKey,
  fromBase64,
  type Identity,
  pairFrame,
  type PairPeer,
  signFrame,
  stateBox,
} from "@sealrun/crypto";
import type { FrameHeader } from "@sealrun/protocol";

/** The other side of a signed exchange. */
export interface Peer {
  readonly id: string;
  readonly signPublic: Uint8Array;
}

/** The X25519 keys that peers have stated in signed replies. */
const stated = new WeakMap<Peer, PairPeer>();

/**
 * A frame that only `peer` reads, and passes on to no part: with a MAC once the peer has stated its X25519 key in a reply,
 * signed before. It holds all that the peer needs to read it at any time, after a restart of both too.
 */
export function frameForPeer(identity: Identity, peer: Peer, header: FrameHeader, body: Uint8Array): Uint8Array {
  const pair = stated.get(peer);
  if (pair === undefined) return signFrame(identity, header, body);
  return frameOfPair(identity, pair, header, body);
}

/** A frame with a MAC that also a receiver can check that knows only this part's Ed25519 key. */
export function frameOfPair(identity: Identity, pair: PairPeer, header: FrameHeader, body: Uint8Array): Uint8Array {
  return pairFrame(identity, pair, { ...header, ...stateBox(identity) }, body);
}

/** The peer with the X25519 key that it has stated; undefined as long as it has stated none. */
export function findPair(peer: Peer): PairPeer | undefined {
  return stated.get(peer);
}

/** Keeps the key that a peer's reply states. Only a signature counts: who knows the key of a pair could state any other. */
export function notePair(peer: Peer, { proof, box }: FrameHeader): void {
  if (proof !== undefined || box === undefined) return;
  stated.set(peer, { id: peer.id, boxPublic: checkPublicKey(fromBase64(box)) });
}

/** Signs what is for the peer until it states a key again. */
export function forgetPair(peer: Peer): void {
  stated.delete(peer);
}
