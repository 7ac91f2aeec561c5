import { type Envelope, readEnvelope } from "./envelope-form.ts";
import { toHex } from "../bytes/hex.ts";

/** An envelope from outside, checked against the key it must be sealed to. */
export type EnvelopeCheck =
  | { readonly kind: "valid"; readonly parts: Extract<Envelope, { readonly algorithm: 2 }> }
  | { readonly kind: "too-large" | "without-public-key" }
  | { readonly kind: "to-another-key" };

/** Whether an envelope or a prefix was sealed to a public key, not with a symmetric one. */
export function isToPublicKey<T extends { readonly algorithm: 1 | 2 }>(
  sealed: T,
): sealed is Extract<T, { readonly algorithm: 2 }> {
  return sealed.algorithm === 2;
}

/** No envelope of that many plain bytes is longer: padding adds at most 12 %, the envelope's own fields 126 bytes. */
export function maxEnvelopeBytes(plainBytes: number): number {
  return Math.ceil(plainBytes * 1.13) + 256;
}

/** Checks the size of an envelope, and that it was sealed to a public key. `BAD_FORMAT` when it is no envelope. */
export function checkEnvelopeForm(
  envelope: Uint8Array,
  maxPlainBytes: number,
): Exclude<EnvelopeCheck, { readonly kind: "to-another-key" }> {
  if (envelope.length > maxEnvelopeBytes(maxPlainBytes)) return { kind: "too-large" };
  const parts = readEnvelope(envelope);
  return isToPublicKey(parts) ? { kind: "valid", parts } : { kind: "without-public-key" };
}

/** As `checkEnvelopeForm`, and checks the key; its id is in hex. */
export function checkEnvelope(
  envelope: Uint8Array,
  expected: { readonly keyId: string; readonly maxPlainBytes: number },
): EnvelopeCheck {
  const form = checkEnvelopeForm(envelope, expected.maxPlainBytes);
  if (form.kind !== "valid" || toHex(form.parts.keyId) === expected.keyId) return form;
  return { kind: "to-another-key" };
}
