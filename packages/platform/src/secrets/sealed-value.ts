import { createHash } from "node:crypto";
import { openWithKey, sealWithKey, secretContext, storedContext } from "@sealrun/crypto";
import { limits, SealrunError, type SecretName, showName } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { readSealed } from "./read-sealed.ts";
import type { Place, ScopeKey } from "./scope-key.ts";

/** A value as the database stores it: sealed twice, with public facts about its inner envelope. */
export interface SealedValue {
  readonly name: SecretName;
  readonly sealed: Uint8Array;
  /** SHA-256 in hex, and bytes, of the inner envelope. */
  readonly sha256: string;
  readonly size: number;
  /** Of the inner envelope: the scope key it was sealed to, in hex, and the public key of its sealing batch. */
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
 * Checks the envelopes of one request and lays the outer layer around each. `BAD_REQUEST` for a name given twice; else
 * fails as `readSealed`.
 */
export function sealIncoming(
  deps: Pick<Deps, "platformId" | "storageKey">,
  place: Place,
  key: ScopeKey,
  secrets: readonly IncomingSecret[],
): readonly SealedValue[] {
  const names = new Set<string>();
  for (const { name } of secrets) {
    if (names.has(name)) throw new SealrunError("BAD_REQUEST", `${showName(name)} was sent twice; send each name once`);
    names.add(name);
  }
  const checked = secrets.map(({ name, envelope }) => ({
    name,
    ...readSealed(key, envelope, showName(name), limits.secretValueBytes),
  }));
  return checked.map(({ name, envelope, ephemeral }) => ({
    name,
    sealed: sealWithKey(deps.storageKey, placeOf(deps, { ...place, name }), envelope),
    sha256: createHash("sha256").update(envelope).digest("hex"),
    size: envelope.length,
    keyId: key.keyId,
    ephemeral,
  }));
}

/** The inner envelope of a stored value. `WRONG_KEY_OR_CONTEXT` for a moved row, `TAMPERED` for a changed one. */
export function openStored(deps: Pick<Deps, "platformId" | "storageKey">, stored: StoredValue): Uint8Array {
  return openWithKey(deps.storageKey, placeOf(deps, stored), stored.sealed);
}

function placeOf(deps: Pick<Deps, "platformId">, { scope, ownerId, name }: Omit<StoredValue, "sealed">) {
  return storedContext(secretContext({ platformId: deps.platformId, scope, ownerId, name }));
}
