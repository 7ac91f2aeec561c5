import { SealrunError } from "@sealrun/protocol";
import { equalBytes, exactly, wipe } from "../bytes/bytes.ts";
import type { Context } from "./context.ts";
import { type Envelope, formatPrefix, type Prefix, readEnvelope, readPrefix } from "./envelope-form.ts";
import { deriveMessageKey, openParts, sealWithMessageKey } from "./message-key.ts";
import { randomBytes } from "#seam";
import {
  checkSharedSecret,
  generateKeyPair,
  type KeyPair,
  type PublicKey,
  publicKeyId,
  sharedSecret,
} from "../primitives/x25519.ts";

/** A symmetric key: 32 bytes, and the 16-byte id that envelopes name it by. */
export interface SymmetricKey {
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
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
  return batchSealerFrom(recipient, generateKeyPair(), () => randomBytes(24));
}

/** `createBatchSealer` with a given pair and given nonces: only for the test vectors. The private half is wiped. */
export function batchSealerFrom(recipient: PublicKey, ephemeral: KeyPair, nextNonce: () => Uint8Array): BatchSealer {
  const recipientPublic = new Uint8Array(recipient);
  const shared = sharedSecret(ephemeral.privateKey, recipientPublic);
  const keyId = publicKeyId(recipientPublic);
  wipe(ephemeral.privateKey);
  return {
    seal: (context, plaintext) => {
      const prefix = formatPrefix(keyId, nextNonce(), ephemeral.publicKey);
      return sealWithMessageKey(
        deriveMessageKey(shared, readPrefix(prefix), context, recipientPublic),
        prefix,
        plaintext,
      );
    },
  };
}

/** Opens a value of a sealing batch. Throws `WRONG_KEY_OR_CONTEXT`, `TAMPERED`, `BAD_FORMAT` or `LOW_ORDER_KEY`. */
export function openWithPrivateKey(keyPair: KeyPair, context: Context, envelope: Uint8Array): Uint8Array {
  const parts = requireSealedTo(keyPair.publicKey, readEnvelope(envelope));
  const shared = sharedSecret(keyPair.privateKey, parts.ephemeral);
  try {
    return openAndWipe(deriveMessageKey(shared, parts, context, keyPair.publicKey), parts);
  } finally {
    wipe(shared);
  }
}

/** Opens one value of a sealing batch with the batch's shared secret, which a grant carries. */
export function openWithSharedSecret(
  shared: Uint8Array,
  recipientPublic: PublicKey,
  context: Context,
  envelope: Uint8Array,
): Uint8Array {
  const parts = requireSealedTo(recipientPublic, readEnvelope(envelope));
  return openAndWipe(deriveMessageKey(checkSharedSecret(shared), parts, context, recipientPublic), parts);
}

/**
 * The 64-byte key of one message, from the shared secret of its sealing batch and `envelopePrefix`. A lookup hands out
 * this key, because it opens nothing else.
 */
export function messageKey(
  shared: Uint8Array,
  recipientPublic: PublicKey,
  context: Context,
  prefix: Uint8Array,
): Uint8Array {
  return deriveMessageKey(
    checkSharedSecret(shared),
    requireSealedTo(recipientPublic, readPrefix(prefix)),
    context,
    recipientPublic,
  );
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
