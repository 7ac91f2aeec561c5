import { fromBase64, publicKeyId, toHex, verifyScopeKey } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import {
  type PackageId,
  type ProjectId,
  scopeKeyReply,
  type ScopeKeyRequest,
  type ScopeKeyStatement,
} from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { keyringCall } from "../nats/keyring-call.ts";

/** At about 1 KiB each. The oldest one is dropped, and is verified again at its next use. */
const maxVerified = 10_000;
const verifiedStatements = new WeakMap<Deps["keyring"], Map<string, ScopeKey>>();

/** Where secrets live: one package of a project, one project, or the platform. */
export type Place =
  | { readonly scope: "service"; readonly ownerId: PackageId; readonly projectId: ProjectId }
  | { readonly scope: "project"; readonly ownerId: ProjectId }
  | { readonly scope: "platform"; readonly ownerId: string };

/** The public key to seal with for one place, as stated by the keyring. */
export interface ScopeKey {
  readonly statement: ScopeKeyStatement;
  readonly publicKey: Uint8Array;
  /** The id that envelopes carry, in hex. */
  readonly keyId: string;
}

/**
 * Asks the keyring for a place's key; the keyring makes it when it does not exist. The answer is verified and must be
 * about exactly this place. `KEYRING_UNREACHABLE` when no keyring answers.
 */
export async function fetchScopeKey(
  deps: Pick<Deps, "link" | "identity" | "keyring" | "platformId">,
  place: Place,
  options: { readonly timeoutMs?: number } = {},
): Promise<ScopeKey> {
  const body: ScopeKeyRequest = {
    scope: place.scope,
    ownerId: place.ownerId,
    ...(place.scope === "service" ? { projectId: place.projectId } : {}),
  };
  const { value } = await call({ ...keyringCall(deps, "scope-key"), body, reply: scopeKeyReply, ...options });
  return readScopeKey(deps, place, value.statement);
}

/**
 * A statement as a key to seal with; `BAD_SIGNATURE` unless the keyring made it, about exactly this place. Each
 * statement is verified once: the same bytes about the same place give the same key.
 */
export function readScopeKey(
  deps: Pick<Deps, "keyring" | "platformId">,
  place: Place,
  statement: ScopeKeyStatement,
): ScopeKey {
  const { scope, ownerId } = place;
  const verified = verifiedBy(deps.keyring);
  const id = JSON.stringify([deps.platformId, scope, ownerId, statement.body, statement.signature]);
  const known = verified.get(id);
  if (known !== undefined) return known;
  const expected = { platformId: deps.platformId, scope, ownerId };
  const publicKey = fromBase64(verifyScopeKey(statement, deps.keyring.signPublic, expected).publicKey);
  const key = { statement, publicKey, keyId: toHex(publicKeyId(publicKey)) };
  const [oldest] = verified.keys();
  if (verified.size >= maxVerified && oldest !== undefined) verified.delete(oldest);
  verified.set(id, key);
  return key;
}

/** The statements of one keyring that were verified, kept as long as its identity is. */
function verifiedBy(keyring: Deps["keyring"]): Map<string, ScopeKey> {
  const known = verifiedStatements.get(keyring) ?? new Map<string, ScopeKey>();
  verifiedStatements.set(keyring, known);
  return known;
}
