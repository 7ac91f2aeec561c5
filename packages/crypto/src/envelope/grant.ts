import type { Context } from "./context.ts";
import { createBatchSealer, openWithPrivateKey } from "./envelope.ts";
import type { KeyPair, PublicKey } from "../primitives/x25519.ts";

/**
 * Seals one message to a receiver's public key. It does not prove who sent it: put it into a signed frame. Throws
 * `LOW_ORDER_KEY`.
 */
export function sealTo(recipientPublic: PublicKey, context: Context, plaintext: Uint8Array): Uint8Array {
  return createBatchSealer(recipientPublic).seal(context, plaintext);
}

/** Opens a message sealed to a part's own pair, whose key is parsed once. Throws `WRONG_KEY_OR_CONTEXT`, `TAMPERED`, `BAD_FORMAT` or `LOW_ORDER_KEY`. */
export function openBoxed(keyPair: KeyPair, context: Context, envelope: Uint8Array): Uint8Array {
  return openWithPrivateKey(keyPair, context, envelope, true);
}
