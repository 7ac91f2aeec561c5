import { fromBase64, publicKeyId, toHex, verifyScopeKey } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import {
  type PackageId,
  type ProjectId,
  scopeKeyReply,
  type ScopeKeyRequest,
  type ScopeKeyStatement,
  subjects,
} from "@sealrun/protocol";
import type { Deps } from "../deps.ts";

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
  const { value } = await call({
    link: deps.link,
    identity: deps.identity,
    peer: deps.keyring,
    subject: subjects.keyring("scope-key"),
    kind: "scope-key",
    body,
    reply: scopeKeyReply,
    unreachable: "KEYRING_UNREACHABLE",
    ...options,
  });
  return readScopeKey(deps, place, value.statement);
}

/** A statement as a key to seal with; `BAD_SIGNATURE` unless the keyring made it, about exactly this place. */
export function readScopeKey(
  deps: Pick<Deps, "keyring" | "platformId">,
  place: Place,
  statement: ScopeKeyStatement,
): ScopeKey {
  const expected = { platformId: deps.platformId, scope: place.scope, ownerId: place.ownerId };
  const publicKey = fromBase64(verifyScopeKey(statement, deps.keyring.signPublic, expected).publicKey);
  return { statement, publicKey, keyId: toHex(publicKeyId(publicKey)) };
}
