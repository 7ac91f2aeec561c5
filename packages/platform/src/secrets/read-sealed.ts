import { checkEnvelope, fromBase64 } from "@sealrun/crypto";
import { limits, SealrunError, showBytes, toSealrunError } from "@sealrun/protocol";
import type { ScopeKey } from "./scope-key.ts";

/** An envelope that came with a request. */
export interface ReadEnvelope {
  readonly envelope: Uint8Array;
  /** The public key of its sealing batch. */
  readonly ephemeral: Uint8Array;
}

/**
 * Reads an envelope that came with a request. `BAD_REQUEST` when it is no envelope to a public key, `VALUE_TOO_LARGE`,
 * and `KEY_CHANGED` when it was sealed to another key than this. `what` names it in sentences.
 */
export function readSealed(
  key: Pick<ScopeKey, "keyId">,
  sealed: string | Uint8Array,
  what: string,
  maxPlainBytes: number,
): ReadEnvelope {
  const { envelope, check } = parse(sealed, what, { keyId: key.keyId, maxPlainBytes });
  switch (check.kind) {
    case "valid":
      return { envelope, ephemeral: check.parts.ephemeral };
    case "too-large":
      throw new SealrunError("VALUE_TOO_LARGE", `${what}: expected at most ${showBytes(maxPlainBytes)} as JSON`);
    case "without-public-key":
      throw new SealrunError("BAD_REQUEST", `${what}: expected an envelope sealed to a public key`);
    case "to-another-key":
      throw new SealrunError(
        "KEY_CHANGED",
        `${what}: sealed with another key than this scope's; fetch the key and seal again`,
      );
  }
}

/** The envelope of parameters, or of an event's data, that came with a request. Fails as `readSealed`. */
export function readSealedParameters(key: Pick<ScopeKey, "keyId">, text: string, what: string): Uint8Array {
  return readSealed(key, text, what, limits.parametersBytes).envelope;
}

function parse(sealed: string | Uint8Array, what: string, expected: Parameters<typeof checkEnvelope>[1]) {
  try {
    const envelope = typeof sealed === "string" ? fromBase64(sealed) : sealed;
    return { envelope, check: checkEnvelope(envelope, expected) };
  } catch (error) {
    // The sender's mistake; BAD_FORMAT by itself would say that something stored is broken.
    throw new SealrunError("BAD_REQUEST", `${what}: ${toSealrunError(error).message}`, { cause: error });
  }
}
