import { SealrunError } from "@sealrun/protocol";
import { equalBytes, exactly, wipe } from "../bytes/bytes.ts";
import type { Context } from "./context.ts";
import { type Envelope, formatPrefix, type Prefix, readEnvelope, readPrefix } from "./envelope-form.ts";
import { deriveMessageKey, openParts, sealWithMessageKey } from "./message-key.ts";
import { randomBytes } from "#seam";
import { toHex } from "../bytes/hex.ts";
import { type KeyPair, type PublicKey, publicKeyId, sendSecret, sharedSecret } from "../primitives/x25519.ts";

/** A symmetric key: 32 bytes, and the 16-byte id that envelopes name it by. */
export interface SymmetricKey {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
}

/** One sealed message: its place, and `envelopePrefix` of its envelope. */
export interface SealedMessage {
  readonly context: Context;
  readonly prefix: Uint8Array;
}

/** Seals the values of one sealing batch to one public key: all under the same ephemeral key. */
export interface BatchSealer {
  readonly seal: (context: Context, plaintext: Uint8Array) => Uint8Array;
}

/** Seals under a symmetric key. The caller wipes the plaintext. */
export function sealWithKey(key: SymmetricKey, context: Context, plaintext: Uint8Array): Uint8Array {
  return sealWithKeyAndNonce(key, context, plaintext, randomBytes(24));
}

/** `sealWithKey` with a given nonce: only for the test vectors. */
export function sealWithKeyAndNonce(
  key: SymmetricKey,
  context: Context,
  plaintext: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const prefix = formatPrefix(key.id, nonce);
  return sealWithMessageKey(deriveMessageKey(key.bytes, readPrefix(prefix), context), prefix, plaintext);
}

/** Opens an envelope of `sealWithKey`. Throws `WRONG_KEY_OR_CONTEXT`, `TAMPERED` or `BAD_FORMAT`. */
export function openWithKey(key: SymmetricKey, context: Context, envelope: Uint8Array): Uint8Array {
  const parts = readEnvelope(envelope);
  if (parts.algorithm !== 1 || !equalBytes(parts.keyId, key.id)) throw new SealrunError("WRONG_KEY_OR_CONTEXT", "");
  return openAndWipe(deriveMessageKey(key.bytes, parts, context), parts);
}

/**
 * One ephemeral pair for all values of a sealing batch: sealing 100 secrets costs one key generation and one scalar
 * multiplication. Throws `LOW_ORDER_KEY` for a recipient key of low order.
 */
export function createBatchSealer(recipient: PublicKey): BatchSealer {
  return batchSealerFrom(recipient, { privateKey: randomBytes(32) }, () => randomBytes(24));
}

/** `createBatchSealer` with a given pair and given nonces: only for the test vectors. The private half is wiped. */
export function batchSealerFrom(
  recipient: PublicKey,
  { privateKey }: Pick<KeyPair, "privateKey">,
  nextNonce: () => Uint8Array,
): BatchSealer {
  const recipientPublic = new Uint8Array(recipient);
  const { publicKey, shared } = sendSecret(privateKey, recipientPublic);
  const keyId = publicKeyId(recipientPublic);
  wipe(privateKey);
  return {
    seal: (context, plaintext) => {
      const prefix = formatPrefix(keyId, nextNonce(), publicKey);
      return sealWithMessageKey(
        deriveMessageKey(shared, readPrefix(prefix), context, recipientPublic),
        prefix,
        plaintext,
      );
    },
  };
}

/**
 * Opens a value of a sealing batch. Throws `WRONG_KEY_OR_CONTEXT`, `TAMPERED`, `BAD_FORMAT` or `LOW_ORDER_KEY`. A part's
 * own key is parsed once with `isKept`.
 */
export function openWithPrivateKey(
  keyPair: KeyPair,
  context: Context,
  envelope: Uint8Array,
  isKept = false,
): Uint8Array {
  const parts = requireSealedTo(keyPair.publicKey, readEnvelope(envelope));
  const shared = sharedSecret(keyPair.privateKey, parts.ephemeral, isKept);
  try {
    return openAndWipe(deriveMessageKey(shared, parts, context, keyPair.publicKey), parts);
  } finally {
    wipe(shared);
  }
}

/**
 * The 64-byte keys of messages sealed to this pair, in their order. Each opens only its own message: the X25519 results,
 * which would open whole sealing batches, are wiped here. Throws `WRONG_KEY_OR_CONTEXT`, `BAD_FORMAT` or
 * `LOW_ORDER_KEY`.
 */
export function deriveMessageKeys(keyPair: KeyPair, messages: readonly SealedMessage[]): readonly Uint8Array[] {
  const results = new Map<string, Uint8Array>();
  try {
    return messages.map(({ context, prefix }) => {
      const parts = requireSealedTo(keyPair.publicKey, readPrefix(prefix));
      const batch = toHex(parts.ephemeral);
      const shared = results.get(batch) ?? sharedSecret(keyPair.privateKey, parts.ephemeral);
      results.set(batch, shared);
      return deriveMessageKey(shared, parts, context, keyPair.publicKey);
    });
  } finally {
    for (const shared of results.values()) wipe(shared);
  }
}

function requireSealedTo<Parts extends Envelope | Prefix>(
  recipientPublic: PublicKey,
  parts: Parts,
): Parts & { readonly algorithm: 2; readonly ephemeral: Uint8Array } {
  exactly(recipientPublic, 32, "a public key");
  if (isForPublicKey(parts) && equalBytes(parts.keyId, publicKeyId(recipientPublic))) return parts;
  throw new SealrunError("WRONG_KEY_OR_CONTEXT", "");
}

function isForPublicKey<Parts extends Envelope | Prefix>(
  parts: Parts,
): parts is Parts & { readonly algorithm: 2; readonly ephemeral: Uint8Array } {
  return parts.algorithm === 2;
}

function openAndWipe(key: Uint8Array, parts: Envelope): Uint8Array {
  try {
    return openParts(key, parts);
  } finally {
    wipe(key);
  }
}
