import { createHash } from "node:crypto";
import {
  fromBase64,
  openWithKey,
  readEnvelope,
  sealWithKey,
  secretContext,
  storedContext,
  toHex,
} from "@sealrun/crypto";
import { limits, SealrunError, type SecretName, showName, toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import type { Place, ScopeKey } from "./scope-key.ts";

// Padmé adds at most 12 %, the envelope's own fields 126 bytes.
const maxEnvelopeBytes = Math.ceil(limits.secretValueBytes * 1.12) + 256;

/** A value as the database keeps it: sealed twice, and what of its inner envelope may be known. */
export interface SealedValue {
  readonly name: SecretName;
  readonly sealed: Uint8Array;
  /** SHA-256 in hex, and bytes, of the inner envelope. */
  readonly sha256: string;
  readonly size: number;
  /** Of the inner envelope: the scope key it was sealed to, in hex, and its upload's ephemeral public key. */
  readonly keyId: string;
  readonly ephemeral: Uint8Array;
}

/** A stored value with the place that its outer layer is bound to. */
export interface StoredValue {
  readonly scope: Place["scope"];
  readonly ownerId: string;
  readonly name: string;
  readonly sealed: Uint8Array;
}

/** An envelope on its way in, as base64 or bytes. */
export interface IncomingSecret {
  readonly name: SecretName;
  readonly envelope: string | Uint8Array;
}

/**
 * Checks the envelopes of one upload and lays the outer layer around each. `BAD_REQUEST` for what is no envelope or a
 * name given twice, `VALUE_TOO_LARGE`, and `KEY_CHANGED` for one that was sealed to another key than the place's.
 */
export function sealIncoming(
  deps: Pick<Deps, "platformId" | "storageKey">,
  place: Place,
  key: ScopeKey,
  secrets: readonly IncomingSecret[],
): readonly SealedValue[] {
  const names = new Set<string>();
  for (const { name } of secrets) {
    if (names.has(name)) throw new SealrunError("BAD_REQUEST", `${showName(name)} is there twice; send each name once`);
    names.add(name);
  }
  const checked = secrets.map((secret) => ({ name: secret.name, ...checkEnvelope(secret, key) }));
  return checked.map(({ name, envelope, ephemeral }) => ({
    name,
    sealed: sealWithKey(deps.storageKey, placeOf(deps, { ...place, name }), envelope),
    sha256: createHash("sha256").update(envelope).digest("hex"),
    size: envelope.length,
    keyId: key.keyId,
    ephemeral,
  }));
}

/** The inner envelope of a stored value. `WRONG_KEY_OR_CONTEXT` for a row that was moved, `TAMPERED` for a changed one. */
export function openStored(deps: Pick<Deps, "platformId" | "storageKey">, stored: StoredValue): Uint8Array {
  return openWithKey(deps.storageKey, placeOf(deps, stored), stored.sealed);
}

function placeOf(deps: Pick<Deps, "platformId">, { scope, ownerId, name }: Omit<StoredValue, "sealed">) {
  return storedContext(secretContext({ platformId: deps.platformId, scope, ownerId, name }));
}

function checkEnvelope(
  secret: IncomingSecret,
  key: ScopeKey,
): { readonly envelope: Uint8Array; readonly ephemeral: Uint8Array } {
  const { envelope, parts } = parseEnvelope(secret);
  if (envelope.length > maxEnvelopeBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `${showName(secret.name)}: expected a value of at most ${limits.secretValueBytes} bytes as JSON`,
    );
  }
  if (parts.algorithm !== 2) {
    throw new SealrunError("BAD_REQUEST", `${showName(secret.name)}: expected a value sealed to a public key`);
  }
  if (toHex(parts.keyId) !== key.keyId) {
    throw new SealrunError(
      "KEY_CHANGED",
      `${showName(secret.name)} was sealed with another key than this scope's; fetch the key and seal again`,
    );
  }
  return { envelope, ephemeral: parts.ephemeral };
}

function parseEnvelope({ name, envelope }: IncomingSecret) {
  try {
    const bytes = typeof envelope === "string" ? fromBase64(envelope) : envelope;
    return { envelope: bytes, parts: readEnvelope(bytes) };
  } catch (error) {
    // The sender's mistake, where BAD_FORMAT by itself would say that something stored is broken.
    throw new SealrunError("BAD_REQUEST", `${showName(name)}: ${toSealrunError(error).message}`, { cause: error });
  }
}
