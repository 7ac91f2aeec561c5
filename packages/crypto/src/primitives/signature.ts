import { equalBytes, exactly } from "../bytes/bytes.ts";
import { fromHex } from "../bytes/hex.ts";
import { ed25519Sign, ed25519Verify } from "#seam";

/**
 * The y-coordinates of Ed25519 points of order 1, 2, 4 and 8, canonical or not, without the sign bit. Under such a key
 * one signature is valid for every message (libsodium refuses the same ones).
 */
const smallOrder: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(fromHex);

/** The 64-byte Ed25519 signature under a 32-byte seed. Start `message` with a label that no other use has. */
export function sign(signPrivate: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519Sign(exactly(signPrivate, 32, "a signing key"), message);
}

/** True when the signature is valid for the key and message; false for another length and for a key of small order. */
export function verify(signPublic: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signPublic.length !== 32 || signature.length !== 64 || isSmallOrder(signPublic)) return false;
  return ed25519Verify(signPublic, message, signature);
}

function isSmallOrder(signPublic: Uint8Array): boolean {
  const unsigned = new Uint8Array(signPublic);
  unsigned[31] = (unsigned[31] ?? 0) & 0x7f;
  return smallOrder.some((point) => equalBytes(point, unsigned));
}
