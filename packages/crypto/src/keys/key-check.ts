import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { SealrunError } from "@sealrun/protocol";
import { equalBytes, utf8 } from "../bytes/bytes.ts";
import { keyCheckContext, type RootKeyKind } from "../envelope/context.ts";
import { readEnvelope } from "../envelope/envelope-form.ts";
import { openWithKey, sealWithKey, type SymmetricKey } from "../envelope/envelope.ts";
import { toHex } from "../bytes/hex.ts";

const idLabel = utf8("sealrun/key-id/v1");
const checkText = utf8("sealrun root key check");

/** A root key from the 32 bytes of its file. Throws `ROOT_KEY_UNREADABLE` for another length or one byte repeated. */
export function rootKeyFromBytes(bytes: Uint8Array): SymmetricKey {
  if (bytes.length !== 32) {
    throw new SealrunError("ROOT_KEY_UNREADABLE", `Expected a root key of 32 bytes, found ${bytes.length}`);
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new SealrunError("ROOT_KEY_UNREADABLE", "Expected a root key of 32 random bytes, found one byte repeated");
  }
  return { id: hkdf(sha256, bytes, undefined, idLabel, 16), bytes: new Uint8Array(bytes) };
}

/** A known text sealed under a root key. The database stores it, to recognise its root key at a start. */
export function sealCheckValue(key: SymmetricKey, kind: RootKeyKind): Uint8Array {
  return sealWithKey(key, keyCheckContext(kind), checkText);
}

/**
 * Checks that `stored` was made with this key for this kind. `WRONG_ROOT_KEY` names both key ids; a changed check value
 * gives the error codes of an envelope.
 */
export function verifyCheckValue(key: SymmetricKey, kind: RootKeyKind, stored: Uint8Array): void {
  const { keyId } = readEnvelope(stored);
  if (!equalBytes(keyId, key.id)) {
    throw new SealrunError(
      "WRONG_ROOT_KEY",
      `This database was made with the ${kind} key ${toHex(keyId)}, but the given key is ${toHex(key.id)}; give the key that the database was made with`,
    );
  }
  if (!equalBytes(openWithKey(key, keyCheckContext(kind), stored), checkText)) throw new SealrunError("TAMPERED", "");
}
