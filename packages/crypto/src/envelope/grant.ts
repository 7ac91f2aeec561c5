import type { Context } from "./context.ts";
import { createUploadSealer, openWithPrivateKey } from "./envelope.ts";
import type { KeyPair, PublicKey } from "../primitives/x25519.ts";

/**
 * Boxes one message to a receiver's public key. It says nothing about who sent it: put it into a signed frame.
 * `LOW_ORDER_KEY` for a key that is no honest one.
 */
export function sealTo(recipientPublic: PublicKey, context: Context, plaintext: Uint8Array): Uint8Array {
  return createUploadSealer(recipientPublic).seal(context, plaintext);
}

/** Opens what was boxed to this pair; `WRONG_KEY_OR_CONTEXT`, `TAMPERED`, `BAD_FORMAT` or `LOW_ORDER_KEY`. */
export function openBoxed(keyPair: KeyPair, context: Context, envelope: Uint8Array): Uint8Array {
  return openWithPrivateKey(keyPair, context, envelope);
}
