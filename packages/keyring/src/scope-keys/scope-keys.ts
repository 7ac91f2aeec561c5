import {
  generateScopeKey,
  openWithKey,
  publicKeyOf,
  scopeKeyContext,
  sealWithKey,
  signScopeKey,
  type SigningIdentity,
  type SymmetricKey,
  equalBytes,
  toBase64,
  wipe,
} from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { type PlatformId, type Scope, type ScopeKeyStatement, SealrunError } from "@sealrun/protocol";
import type { KeptStatements } from "./kept-statements.ts";
import { addKey, findNewestKey, type StoredScopeKey } from "./store.ts";

/** What making, stating and using scope keys needs. */
export interface ScopeKeyDeps {
  readonly platformId: PlatformId;
  readonly rootKey: SymmetricKey;
  readonly identity: SigningIdentity;
  readonly statements: KeptStatements;
}

/** The owner of a key: a package, a project, or the platform. */
export interface ScopeOwner {
  readonly scope: Scope;
  readonly ownerId: string;
}

/** The keyring's statement of the owner's newest public key; the first call makes the pair. */
export async function ensureScopeKey(sql: Sql, deps: ScopeKeyDeps, owner: ScopeOwner): Promise<ScopeKeyStatement> {
  const place = { scope: owner.scope, owner_id: owner.ownerId };
  const known = await findNewestKey(sql, place);
  if (known === undefined) await addKey(sql, makeKey(deps, owner));
  const stored = known ?? (await findNewestKey(sql, place));
  if (stored === undefined) throw new SealrunError("INTERNAL", "A scope key was not written");
  return stateKey(deps, stored);
}

/** The keyring's statement of a stored key. The private half is unwrapped once, to check that the public half fits it. */
export function stateKey(deps: ScopeKeyDeps, key: StoredScopeKey): ScopeKeyStatement {
  return deps.statements.find(key, () =>
    withPrivateKey(deps, key, () =>
      signScopeKey(deps.identity, {
        platformId: deps.platformId,
        scope: key.scope,
        ownerId: key.owner_id,
        version: key.version,
        publicKey: toBase64(key.public_key),
      }),
    ),
  );
}

/** True for a key of this owner. */
export function isOwnedBy(key: StoredScopeKey, { scope, ownerId }: ScopeOwner): boolean {
  return key.scope === scope && key.owner_id === ownerId;
}

/**
 * The key of that id among `keys`, if this owner has it. `KEY_NOT_FOUND` for an unknown id, `NO_GRANT` for another
 * owner's key: an attempt gets nothing from outside its own package, project and platform.
 */
export function pickOwnedKey(keys: readonly StoredScopeKey[], keyId: Uint8Array, owner: ScopeOwner): StoredScopeKey {
  const key = keys.find((candidate) => equalBytes(candidate.key_id, keyId));
  if (key === undefined) throw missingKey(`the key of a sealed value of ${owner.ownerId}`);
  if (isOwnedBy(key, owner)) return key;
  throw new SealrunError("NO_GRANT", `The key of a sealed value is not the one of this attempt's ${owner.scope} scope`);
}

/** The error when the keyring's database was restored from an older backup than the platform's. */
export function missingKey(what: string): SealrunError {
  return new SealrunError(
    "KEY_NOT_FOUND",
    `The keyring does not have ${what}. If its database was restored from an older backup, restore a newer one; otherwise push or set the value again`,
  );
}

/**
 * Passes the private half to `use`, and wipes it afterwards. `TAMPERED` when the public half in the row does not belong
 * to it: values sealed to that one would be readable by another party. A row that was signed is not checked again.
 */
export function withPrivateKey<T>(deps: ScopeKeyDeps, key: StoredScopeKey, use: (privateKey: Uint8Array) => T): T {
  const privateKey = openWithKey(deps.rootKey, wrappingContext(deps, key), key.wrapped_private);
  try {
    if (!deps.statements.has(key) && !equalBytes(publicKeyOf(privateKey), key.public_key)) {
      throw new SealrunError("TAMPERED", "The public half of a scope key was changed in the keyring's database");
    }
    return use(privateKey);
  } finally {
    wipe(privateKey);
  }
}

function makeKey(deps: ScopeKeyDeps, owner: ScopeOwner): StoredScopeKey {
  const pair = generateScopeKey();
  const place = { scope: owner.scope, owner_id: owner.ownerId, version: 1 };
  try {
    return {
      ...place,
      key_id: pair.id,
      public_key: pair.publicKey,
      wrapped_private: sealWithKey(deps.rootKey, wrappingContext(deps, place), pair.privateKey),
    };
  } finally {
    wipe(pair.privateKey);
  }
}

function wrappingContext(
  deps: Pick<ScopeKeyDeps, "platformId">,
  key: Pick<StoredScopeKey, "scope" | "owner_id" | "version">,
): ReturnType<typeof scopeKeyContext> {
  const { scope, owner_id: ownerId, version } = key;
  return scopeKeyContext({ platformId: deps.platformId, scope, ownerId, version });
}
