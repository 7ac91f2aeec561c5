import { SealrunError } from "@sealrun/protocol";
import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes, exactly } from "../bytes/bytes.ts";
import { fromHex } from "../bytes/hex.ts";
import { randomBytes, x25519Public, x25519Send, x25519Shared } from "#seam";

/** A raw X25519 public key, 32 bytes. */
export type PublicKey = Uint8Array;

/** A raw X25519 pair, 32 bytes each. */
export interface KeyPair {
  readonly publicKey: PublicKey;
  readonly privateKey: Uint8Array;
}

/**
 * The u-coordinates of order 1, 2, 4 and 8 on the curve and its twist, and the two non-canonical forms among them
 * (https://cr.yp.to/ecdh.html#validate). With any of them every sender gets the same shared secret: all zeros.
 */
const lowOrder: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(fromHex);
const zeros = new Uint8Array(32);

/** A new X25519 pair. */
export function generateKeyPair(): KeyPair {
  const privateKey = randomBytes(32);
  return { publicKey: x25519Public(privateKey), privateKey };
}

/** The public half of a raw private key. */
export function publicKeyOf(privateKey: Uint8Array): PublicKey {
  return x25519Public(exactly(privateKey, 32, "a private key"));
}

/** The key id in an envelope: the first 16 bytes of SHA-256 of the public key that it was sealed to. */
export function publicKeyId(publicKey: PublicKey): Uint8Array {
  return sha256(exactly(publicKey, 32, "a public key")).slice(0, 16);
}

/**
 * Returns the public key, or throws `LOW_ORDER_KEY` or `BAD_FORMAT`. A set top bit is refused too: X25519 ignores it, no
 * generated key has it, and it would give one key two forms.
 */
export function checkPublicKey(publicKey: PublicKey): PublicKey {
  exactly(publicKey, 32, "a public key");
  const topBit = (publicKey[31] ?? 0) & 0x80;
  if (topBit === 0 && !lowOrder.some((point) => equalBytes(point, publicKey))) return publicKey;
  throw new SealrunError("LOW_ORDER_KEY", "");
}

/**
 * The raw X25519 result, 32 bytes. Throws `LOW_ORDER_KEY` when the other side's key has a low order. A part's own key is
 * parsed once with `isKept`, and must not be wiped then.
 */
export function sharedSecret(privateKey: Uint8Array, otherPublic: PublicKey, isKept = false): Uint8Array {
  exactly(privateKey, 32, "a private key");
  return checkSharedSecret(x25519Shared(privateKey, checkPublicKey(otherPublic), isKept));
}

/** The public half of a private key that is used once, and its X25519 result with a receiver; fails as `sharedSecret`. */
export function sendSecret(
  privateKey: Uint8Array,
  receiver: PublicKey,
): { readonly publicKey: PublicKey; readonly shared: Uint8Array } {
  exactly(privateKey, 32, "a private key");
  const { publicKey, shared } = x25519Send(privateKey, checkPublicKey(receiver));
  return { publicKey, shared: checkSharedSecret(shared) };
}

/** Returns the shared secret, or throws `LOW_ORDER_KEY` for all zeros. */
export function checkSharedSecret(shared: Uint8Array): Uint8Array {
  if (!equalBytes(exactly(shared, 32, "a shared secret"), zeros)) return shared;
  throw new SealrunError("LOW_ORDER_KEY", "");
}
