import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { lengthPrefixed, utf8 } from "../bytes/bytes.ts";
import type { SymmetricKey } from "../envelope/envelope.ts";

const label = utf8("sealrun/audit-chain/v1");
/** Of the first link. */
const nothing = new Uint8Array(32);

/** The key of an audit's chain, from a root key that is in no database. 32 bytes. */
export function auditChainKey({ bytes }: SymmetricKey): Uint8Array {
  return hkdf(sha256, bytes, undefined, label, 32);
}

/**
 * One link: HMAC-SHA256 over the link before it, its place in the chain and the row's fields as text, each with its
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
  return hmac(sha256, key, lengthPrefixed(previous ?? nothing, utf8(position.toString()), row));
}

/**
 * Shows that whoever holds the chain's key said this: HMAC-SHA256 over the fields, under a key of its own for each
 * purpose. 32 bytes.
 */
export function auditProof(key: Uint8Array, purpose: "verified" | "continue", fields: readonly string[]): Uint8Array {
  const own = hkdf(sha256, key, undefined, utf8(`sealrun/audit-${purpose}/v1`), 32);
  return hmac(sha256, own, lengthPrefixed(...fields.map(utf8)));
}
