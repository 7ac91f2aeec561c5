import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { lengthPrefixed, utf8 } from "../bytes/bytes.ts";
import type { SymmetricKey } from "../envelope/envelope.ts";

const label = utf8("sealrun/audit-chain/v1");
/** Stands for the previous link of the first one. */
const noPrevious = new Uint8Array(32);

/** The key of an audit chain, derived from a root key that is stored in no database. 32 bytes. */
export function auditChainKey({ bytes }: SymmetricKey): Uint8Array {
  return hkdf(sha256, bytes, undefined, label, 32);
}

/**
 * One link: HMAC-SHA256 over the previous link, the position in the chain and the row's fields as text, each with its
 * length, so that no two rows have the same bytes. 32 bytes.
 */
export function auditLink(
  key: Uint8Array,
  {
    previous,
    position,
    fields,
  }: {
    readonly previous: Uint8Array | undefined;
    readonly position: bigint;
    readonly fields: readonly string[];
  },
): Uint8Array {
  const row = lengthPrefixed(...fields.map(utf8));
  return hmac(sha256, key, lengthPrefixed(previous ?? noPrevious, utf8(position.toString()), row));
}

/**
 * Proves that a statement was made with the chain's key: HMAC-SHA256 over the fields, under a separate key for each
 * purpose. 32 bytes.
 */
export function auditProof(key: Uint8Array, purpose: "verified" | "continue", fields: readonly string[]): Uint8Array {
  const own = hkdf(sha256, key, undefined, utf8(`sealrun/audit-${purpose}/v1`), 32);
  return hmac(sha256, own, lengthPrefixed(...fields.map(utf8)));
}
