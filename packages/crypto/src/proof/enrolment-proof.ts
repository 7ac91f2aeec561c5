import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes, exactly, lengthPrefixed, utf8 } from "../bytes/bytes.ts";
import { sharedSecret } from "../primitives/x25519.ts";

const label = utf8("sealrun/enrol/v1\0");

/** The fields that an enrolment proof covers. */
export interface EnrolmentClaim {
  readonly tokenId: string;
  readonly executorId: string;
  readonly signPublic: Uint8Array;
  readonly boxPublic: Uint8Array;
}

/** SHA-256 of a token's one-time secret. The keyring stores it instead of the secret. */
export function tokenSecretDigest(secret: Uint8Array): Uint8Array {
  return sha256(exactly(secret, 32, "a token's secret"));
}

/**
 * Proves knowledge of the one-time secret and of one of the two X25519 private keys. The executor passes its private key
 * and the keyring's public key; the keyring passes its private key and the executor's public key. 32 bytes. Throws
 * `LOW_ORDER_KEY`.
 */
export function proveEnrolment(
  claim: EnrolmentClaim,
  secretDigest: Uint8Array,
  ownBoxPrivate: Uint8Array,
  otherBoxPublic: Uint8Array,
): Uint8Array {
  const input = concatBytes(sharedSecret(ownBoxPrivate, otherBoxPublic), exactly(secretDigest, 32, "a digest"));
  const key = hkdf(sha256, input, undefined, label, 32);
  const message = lengthPrefixed(utf8(claim.tokenId), utf8(claim.executorId), claim.signPublic, claim.boxPublic);
  return hmac(sha256, key, message);
}

/** True when the executor's proof equals the one that the keyring computes for the same claim. */
export function checkEnrolmentProof(
  proof: Uint8Array,
  claim: EnrolmentClaim,
  secretDigest: Uint8Array,
  keyringBoxPrivate: Uint8Array,
): boolean {
  return equalBytes(proof, proveEnrolment(claim, secretDigest, keyringBoxPrivate, claim.boxPublic));
}
