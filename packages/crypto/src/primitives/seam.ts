/*
 * The only file that imports from Node: entropy, X25519 and Ed25519 over raw 32-byte keys. A bundle for browsers gets
 * `seam-web.ts` instead (`#seam` in package.json); the bytes are the same, which the vectors prove. Measured on
 * one core: X25519 0.06 ms here against 0.9 ms, Ed25519 0.06 and 0.18 ms against 7 and 15 ms.
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomFillSync,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";

const curveIds = { x25519: 0x6e, ed25519: 0x70 } as const;
type Curve = keyof typeof curveIds;

/** `length` bytes from the system's generator, in a new buffer. */
export function randomBytes(length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length));
}

/** The X25519 public key of a 32-byte private key. */
export function x25519Public(privateKey: Uint8Array): Uint8Array {
  return rawPublic(privateObject("x25519", privateKey));
}

/** The raw X25519 result. Throws a plain error for a public key of low order; `x25519.ts` refuses these before. */
export function x25519Shared(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return new Uint8Array(
    diffieHellman({ privateKey: privateObject("x25519", privateKey), publicKey: publicObject("x25519", publicKey) }),
  );
}

/** The Ed25519 public key of a 32-byte seed. */
export function ed25519Public(seed: Uint8Array): Uint8Array {
  return rawPublic(privateObject("ed25519", seed));
}

/** The 64-byte Ed25519 signature of `message`. */
export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(signBytes(null, message, privateObject("ed25519", seed)));
}

/** True when `signature` is valid for the key and `message`; false for a signature of another length. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verifyBytes(null, message, publicObject("ed25519", publicKey), signature);
}

/** RFC 8410: PrivateKeyInfo with the raw key as an octet string inside an octet string. */
function privateObject(curve: Curve, key: Uint8Array): KeyObject {
  const der = Buffer.alloc(48);
  der.set([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, curveIds[curve], 0x04, 0x22, 0x04, 0x20]);
  der.set(key, 16);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

/** RFC 8410: SubjectPublicKeyInfo with the raw key as a bit string. */
function publicObject(curve: Curve, key: Uint8Array): KeyObject {
  const der = Buffer.alloc(44);
  der.set([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, curveIds[curve], 0x03, 0x21, 0x00]);
  der.set(key, 12);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

function rawPublic(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32));
}
