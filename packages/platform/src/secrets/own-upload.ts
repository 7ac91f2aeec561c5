import { fromBase64, readEnvelope, toHex } from "@sealrun/crypto";
import { limits, SealrunError, showBytes, toSealrunError } from "@sealrun/protocol";
import type { ScopeKey } from "./scope-key.ts";

// Padmé adds at most 12 %, the envelope's own fields 126 bytes.
const maxEnvelopeBytes = Math.ceil(limits.parametersBytes * 1.12) + 256;

/**
 * Reads an envelope that came with a request. `BAD_REQUEST` for what is none, `VALUE_TOO_LARGE`, and `KEY_CHANGED` for
 * one that was sealed to another key than this. `what` names it in sentences: "the data".
 */
export function readUpload(key: ScopeKey, text: string, what: string): Uint8Array {
  const { envelope, parts } = parse(text, what);
  if (envelope.length > maxEnvelopeBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `Expected ${what} of at most ${showBytes(limits.parametersBytes)} as JSON`,
    );
  }
  if (parts.algorithm !== 2) throw new SealrunError("BAD_REQUEST", `Expected ${what} sealed to a public key`);
  if (toHex(parts.keyId) === key.keyId) return envelope;
  throw new SealrunError("KEY_CHANGED", `Expected ${what} sealed with this scope's own key; seal again`);
}

function parse(text: string, what: string) {
  try {
    const envelope = fromBase64(text);
    return { envelope, parts: readEnvelope(envelope) };
  } catch (error) {
    // The sender's mistake, where BAD_FORMAT by itself would say that something stored is broken.
    throw new SealrunError("BAD_REQUEST", `${what}: ${toSealrunError(error).message}`, { cause: error });
  }
}
