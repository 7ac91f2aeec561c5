import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { SealrunError } from "@sealrun/protocol";
import nacl from "tweetnacl";
import { concatBytes, equalBytes, exactly, lengthPrefixed, utf8, wipe } from "../bytes/bytes.ts";
import type { Context } from "./context.ts";
import { type Envelope, type Prefix, readEnvelope, readPrefix } from "./envelope-form.ts";
import { pad, unpad } from "./padding.ts";

const label = utf8("sealrun/env/v1\0");

/**
 * The 64 bytes that seal or open one message: 32 for the box, 32 that the envelope commits to. The box by itself has no
 * associated data and can open under more than one key. So both halves are derived from header and context.
 */
export function deriveMessageKey(
  inputKey: Uint8Array,
  prefix: Prefix,
  context: Context,
  recipientPublic?: Uint8Array,
): Uint8Array {
  const place = context.map((part) => utf8(part));
  const parts = recipientPublic === undefined ? place : [recipientPublic, ...place];
  const info = concatBytes(label, lengthPrefixed(prefix.header, ...parts));
  return hkdf(sha256, exactly(inputKey, 32, "a key"), prefix.nonce, info, 64);
}

/** The whole envelope of a plaintext. The message key is wiped, because it must seal only one message. */
export function sealWithMessageKey(messageKey: Uint8Array, prefix: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const padded = pad(plaintext);
  try {
    const box = nacl.secretbox(padded, readPrefix(prefix).nonce, messageKey.subarray(0, 32));
    return concatBytes(prefix, messageKey.subarray(32), box);
  } finally {
    wipe(padded);
    wipe(messageKey);
  }
}

/**
 * Opens one envelope with its message key, which the caller wipes. Throws `WRONG_KEY_OR_CONTEXT`, `TAMPERED` or
 * `BAD_FORMAT`.
 */
export function openWithMessageKey(messageKey: Uint8Array, envelope: Uint8Array): Uint8Array {
  return openParts(messageKey, readEnvelope(envelope));
}

/** Opens an envelope that is already split into its parts. */
export function openParts(messageKey: Uint8Array, parts: Envelope): Uint8Array {
  exactly(messageKey, 64, "a message key");
  if (!equalBytes(messageKey.subarray(32), parts.commitment)) throw new SealrunError("WRONG_KEY_OR_CONTEXT", "");
  const padded = nacl.secretbox.open(parts.box, parts.nonce, messageKey.subarray(0, 32));
  if (padded === null) throw new SealrunError("TAMPERED", "");
  return unpad(padded);
}
