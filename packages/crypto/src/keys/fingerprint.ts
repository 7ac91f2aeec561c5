import { sha256 } from "@noble/hashes/sha2.js";
import { SealrunError } from "@sealrun/protocol";
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { equalBytes, exactly } from "../bytes/bytes.ts";

const prefix = "SHA256:";

/** How people name a signing key: "SHA256:" and 43 characters of base64 without padding. */
export function fingerprint(signPublicKey: Uint8Array): string {
  return `${prefix}${toBase64(digestOf(signPublicKey)).replace("=", "")}`;
}

/** The digest inside a fingerprint. Throws `BAD_FORMAT` for other text. */
export function parseFingerprint(text: string): Uint8Array {
  if (!text.startsWith(prefix) || text.length !== prefix.length + 43) {
    throw new SealrunError("BAD_FORMAT", "Expected a fingerprint: SHA256: and 43 characters of base64");
  }
  return fromBase64(`${text.slice(prefix.length)}=`);
}

/** Throws `FINGERPRINT_MISMATCH` when the fingerprint does not belong to the key. */
export function checkFingerprint(expected: string, signPublicKey: Uint8Array): void {
  if (equalBytes(parseFingerprint(expected), digestOf(signPublicKey))) return;
  throw new SealrunError(
    "FINGERPRINT_MISMATCH",
    `Expected the keyring ${expected}, found ${fingerprint(signPublicKey)}; the connection may be intercepted, or the keyring was set up again`,
  );
}

function digestOf(signPublicKey: Uint8Array): Uint8Array {
  return sha256(exactly(signPublicKey, 32, "a public key"));
}
