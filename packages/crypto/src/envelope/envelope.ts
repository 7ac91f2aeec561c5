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

/** Seals values of one upload to one public key. */
export interface UploadSealer {
  readonly seal: (context: Context, plaintext: Uint8Array) => Uint8Array;
}

/** Seals under a symmetric key. The plaintext stays the caller's to wipe. */
export function sealWithKey(key: SymmetricKey, context: Context, plaintext: Uint8Array): Uint8Array {
  return sealWithKeyAndNonce(key, context, plaintext, randomBytes(24));
}

/** `sealWithKey` with a nonce of the caller's: for the vectors alone. */
export function sealWithKeyAndNonce(
  key: SymmetricKey,
  context: Context,
  plaintext: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const prefix = formatPrefix(key.id, nonce);
  return sealWithMessageKey(deriveMessageKey(key.bytes, readPrefix(prefix), context), prefix, plaintext);
}

/** Opens what `sealWithKey` made; `WRONG_KEY_OR_CONTEXT`, `TAMPERED` or `BAD_FORMAT`. */
export function openWithKey(key: SymmetricKey, context: Context, envelope: Uint8Array): Uint8Array {
  const parts = readEnvelope(envelope);
  if (parts.algorithm !== 1 || !equalBytes(parts.keyId, key.id)) throw new SealrunError("WRONG_KEY_OR_CONTEXT", "");
  return openAndForget(deriveMessageKey(key.bytes, parts, context), parts);
}

/**
 * One ephemeral pair for all values of an upload: sealing 100 secrets costs one key generation and one scalar
 * multiplication. `LOW_ORDER_KEY` for a recipient that is no honest key.
 */
export function createUploadSealer(recipient: PublicKey): UploadSealer {
  return uploadSealerFrom(recipient, generateKeyPair(), () => randomBytes(24));
}

/** `createUploadSealer` with a pair and nonces of the caller's: for the vectors alone. The private half is wiped. */
export function uploadSealerFrom(recipient: PublicKey, ephemeral: KeyPair, nextNonce: () => Uint8Array): UploadSealer {
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

/** Opens what an upload sealer made for this pair; `WRONG_KEY_OR_CONTEXT`, `TAMPERED`, `BAD_FORMAT`, `LOW_ORDER_KEY`. */
export function openWithPrivateKey(keyPair: KeyPair, context: Context, envelope: Uint8Array): Uint8Array {
  const parts = sealedTo(keyPair.publicKey, readEnvelope(envelope));
  const shared = sharedSecret(keyPair.privateKey, parts.ephemeral);
  try {
    return openAndForget(deriveMessageKey(shared, parts, context, keyPair.publicKey), parts);
  } finally {
    wipe(shared);
  }
}

/** Opens one value of an upload with the shared secret of that upload, as a grant carries it. */
export function openWithSharedSecret(
  shared: Uint8Array,
  recipientPublic: PublicKey,
  context: Context,
  envelope: Uint8Array,
): Uint8Array {
  const parts = sealedTo(recipientPublic, readEnvelope(envelope));
  return openAndForget(deriveMessageKey(checkSharedSecret(shared), parts, context, recipientPublic), parts);
}

/**
 * The key of one message alone, 64 bytes, from its upload's shared secret and `envelopePrefix`: what a lookup hands
 * out. It opens nothing else.
 */
export function messageKey(
  shared: Uint8Array,
  recipientPublic: PublicKey,
  context: Context,
  prefix: Uint8Array,
): Uint8Array {
  return deriveMessageKey(
    checkSharedSecret(shared),
    sealedTo(recipientPublic, readPrefix(prefix)),
    context,
    recipientPublic,
  );
}

function sealedTo<Parts extends Envelope | Prefix>(
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

function openAndForget(key: Uint8Array, parts: Envelope): Uint8Array {
  try {
    return openParts(key, parts);
  } finally {
    wipe(key);
  }
}
