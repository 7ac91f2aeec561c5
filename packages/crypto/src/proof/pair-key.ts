import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { makeRoom } from "@sealrun/protocol";
import { toBase64 } from "../bytes/base64.ts";
import { concatBytes, lengthPrefixed, utf8, wipe } from "../bytes/bytes.ts";
import type { Identity } from "../keys/identity.ts";
import { type PublicKey, sharedSecret } from "../primitives/x25519.ts";

const label = utf8("sealrun/pair/v1\0");
/** Keys that are kept for each own private key. The oldest one is dropped, and is derived again. */
const maxKept = 1_000;
const kept = new WeakMap<Uint8Array, Map<string, Uint8Array>>();

/** The other part of a pair: its id, and its X25519 public key, which must be known to be its own. */
export interface PairPeer {
  readonly id: string;
  readonly boxPublic: PublicKey;
}

/**
 * The 32-byte key that only these two parts can derive, the same on both sides. It is kept as long as the own private
 * key is in use. Throws `LOW_ORDER_KEY`, and `TypeError` for a part with itself.
 */
export function pairKey(own: Pick<Identity, "id" | "box">, peer: PairPeer): Uint8Array {
  const { privateKey, publicKey } = own.box;
  const known = kept.get(privateKey) ?? new Map<string, Uint8Array>();
  kept.set(privateKey, known);
  const name = JSON.stringify([own.id, peer.id, toBase64(peer.boxPublic)]);
  const before = known.get(name);
  if (before !== undefined) return before;
  const key = derive(privateKey, { id: own.id, boxPublic: publicKey }, peer);
  makeRoom(known, maxKept);
  known.set(name, key);
  return key;
}

function derive(privateKey: Uint8Array, own: PairPeer, peer: PairPeer): Uint8Array {
  if (own.id === peer.id) throw new TypeError("A part has no pair key with itself");
  // Both sides put the same one first.
  const sides = own.id < peer.id ? [own, peer] : [peer, own];
  const names = sides.flatMap(({ id, boxPublic }) => [utf8(id), boxPublic]);
  const shared = sharedSecret(privateKey, peer.boxPublic, true);
  try {
    return hkdf(sha256, shared, undefined, concatBytes(label, lengthPrefixed(...names)), 32);
  } finally {
    wipe(shared);
  }
}
