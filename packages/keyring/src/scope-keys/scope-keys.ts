import {
  generateScopeKey,
  openWithKey,
  scopeKeyContext,
  sealWithKey,
  sharedSecret,
  signScopeKey,
  type SigningIdentity,
  type SymmetricKey,
  equalBytes,
  toBase64,
  wipe,
} from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { type PlatformId, type Scope, type ScopeKeyStatement, SealrunError } from "@sealrun/protocol";
import { addKey, findKeyById, findNewestKey, type StoredScopeKey } from "./store.ts";

/** What making, stating and using scope keys needs. */
export interface ScopeKeyDeps {
  readonly platformId: PlatformId;
  readonly rootKey: SymmetricKey;
  readonly identity: SigningIdentity;
}

/** The owner of a key: a package, a project, or the platform. */
export interface ScopeOwner {
  readonly scope: Scope;
  readonly ownerId: string;
}

/** X25519's base point: multiplied by a private key it gives the public key. */
const basePoint = Uint8Array.of(9, ...new Uint8Array(31));

/** The keyring's statement of the owner's newest public key; the first call makes the pair. */
export async function ensureScopeKey(sql: Sql, deps: ScopeKeyDeps, owner: ScopeOwner): Promise<ScopeKeyStatement> {
  const place = { scope: owner.scope, owner_id: owner.ownerId };
  const known = await findNewestKey(sql, place);
  if (known === undefined) await addKey(sql, makeKey(deps, owner));
  const stored = known ?? (await findNewestKey(sql, place));
  if (stored === undefined) throw new SealrunError("INTERNAL", "A scope key was not written");
  // Unwrap the private half to check that the public half in the row belongs to it.
  return withPrivateKey(deps, stored, () =>
    signScopeKey(deps.identity, {
      platformId: deps.platformId,
      scope: stored.scope,
      ownerId: stored.owner_id,
      version: stored.version,
      publicKey: toBase64(stored.public_key),
    }),
  );
}

/**
 * The key of that id, if this owner has it. `KEY_NOT_FOUND` for an unknown id, `NO_GRANT` for another owner's key: an
 * attempt gets nothing from outside its own package, project and platform.
 */
export async function findOwnedKey(sql: Sql, keyId: Uint8Array, owner: ScopeOwner): Promise<StoredScopeKey> {
  const key = await findKeyById(sql, keyId);
  if (key === undefined) throw missingKey(`the key of a sealed value of ${owner.ownerId}`);
  if (key.scope === owner.scope && key.owner_id === owner.ownerId) return key;
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
 * to it: values sealed to that one would be readable by another party.
 */
export function withPrivateKey<T>(deps: ScopeKeyDeps, key: StoredScopeKey, use: (privateKey: Uint8Array) => T): T {
  const privateKey = openWithKey(deps.rootKey, wrappingContext(deps, key), key.wrapped_private);
  try {
    if (!equalBytes(sharedSecret(privateKey, basePoint), key.public_key)) {
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
