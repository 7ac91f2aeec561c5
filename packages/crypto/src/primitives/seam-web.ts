/*
 * `seam.ts` for a browser, chosen by the condition "browser" of this package's `#seam`: the same names and the same
 * bytes, from tweetnacl and the browser's generator. Web Crypto has both curves, but only as promises.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import nacl from "tweetnacl";
import { wipe } from "../bytes/bytes.ts";
import { fromHex } from "../bytes/hex.ts";

/** The limit of one `getRandomValues` call. */
const maxRandomBytes = 65_536;
const zeros = new Uint8Array(32);
/** The order of Ed25519's base point, 2^252 + 27742317777372353535851937790883648493, least significant byte first. */
const order = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/** `length` bytes from the browser's generator, in a new buffer. */
export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += maxRandomBytes) {
    crypto.getRandomValues(bytes.subarray(start, start + maxRandomBytes));
  }
  return bytes;
}

/** The X25519 public key of a 32-byte private key. */
export function x25519Public(privateKey: Uint8Array): Uint8Array {
  return nacl.scalarMult.base(privateKey);
}

/**
 * The raw X25519 result. Throws a plain error for a public key of low order; `x25519.ts` refuses these before. Nothing is
 * parsed here, so no key is kept.
 */
export function x25519Shared(privateKey: Uint8Array, publicKey: Uint8Array, _isKept?: boolean): Uint8Array {
  const shared = nacl.scalarMult(privateKey, publicKey);
  if (nacl.verify(shared, zeros)) throw new RangeError("The public key has a low order");
  return shared;
}

/** The public half of a private key that is used once, and its result with a receiver's key, as `x25519Shared`. */
export function x25519Send(
  privateKey: Uint8Array,
  receiver: Uint8Array,
): { readonly publicKey: Uint8Array; readonly shared: Uint8Array } {
  return { publicKey: x25519Public(privateKey), shared: x25519Shared(privateKey, receiver) };
}

/** The Ed25519 public key of a 32-byte seed. */
export function ed25519Public(seed: Uint8Array): Uint8Array {
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(seed);
  wipe(secretKey);
  return publicKey;
}

/** The 64-byte Ed25519 signature of `message`. */
export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const { secretKey } = nacl.sign.keyPair.fromSeed(seed);
  try {
    return nacl.sign.detached(message, secretKey);
  } finally {
    wipe(secretKey);
  }
}

/** True when `signature` is valid for the key and `message`; false for a signature of another length. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== nacl.sign.signatureLength || !isReduced(signature.subarray(32))) return false;
  return nacl.sign.detached.verify(message, signature, publicKey);
}

/** HMAC-SHA-512 of `message`, 64 bytes. */
export function hmacSha512(key: Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(sha512, key, message);
}

/** RFC 8032 §5.1.7 refuses a second half that is not below the order. tweetnacl accepts it: one signature, many forms. */
function isReduced(half: Uint8Array): boolean {
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const difference = (half[index] ?? 0) - (order[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
