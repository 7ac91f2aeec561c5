import { equalBytes, readPrefix } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import type { Grant, GrantItem, PackageId } from "@sealrun/protocol";
import {
  ensureScopeKey,
  isOwnedBy,
  pickOwnedKey,
  type ScopeKeyDeps,
  type ScopeOwner,
  stateKey,
} from "../scope-keys/scope-keys.ts";
import { findKeysById, findOwners, type StoredScopeKey } from "../scope-keys/store.ts";
import type { KeyRequest } from "./derive-keys.ts";

/** The scope keys of the packages and projects of some attempts, and of the platform, read at once. */
export interface AttemptKeys {
  /** The project that a package is recorded under. */
  projectOf(packageId: PackageId): string | undefined;
  /** The key that a value is sealed to. `KEY_NOT_FOUND` for an unknown one, `NO_GRANT` for another owner's. */
  keyOf(request: KeyRequest): Promise<StoredScopeKey>;
  /** The statements of the keys that an attempt may seal to; a key that does not exist yet is made. */
  statementsOf(item: GrantItem): Promise<Grant["keys"]>;
}

/** Reads the keys of all items in one statement. */
export async function loadAttemptKeys(
  sql: Sql,
  deps: ScopeKeyDeps,
  items: readonly Pick<GrantItem, "packageId" | "projectId">[],
): Promise<AttemptKeys> {
  const platform: ScopeOwner = { scope: "platform", ownerId: deps.platformId };
  const service = (packageId: PackageId): ScopeOwner => ({ scope: "service", ownerId: packageId });
  const owners = new Map(
    [
      ...items.map(({ packageId }) => service(packageId)),
      ...items.map(({ projectId }): ScopeOwner => ({ scope: "project", ownerId: projectId })),
      platform,
    ].map((owner) => [`${owner.scope} ${owner.ownerId}`, owner]),
  );
  const found = await findOwners(sql, [...owners.values()]);
  const keysOf = (owner: ScopeOwner): readonly StoredScopeKey[] =>
    found.flatMap(({ key }) => (key !== undefined && isOwnedBy(key, owner) ? [key] : []));
  const state = async (owner: ScopeOwner): Promise<Grant["keys"]["service"]> => {
    const newest = keysOf(owner).toSorted((a, b) => b.version - a.version)[0];
    return newest === undefined ? ensureScopeKey(sql, deps, owner) : stateKey(deps, newest);
  };
  return {
    projectOf: (packageId) => found.find(({ ownerId }) => ownerId === packageId)?.projectId,
    keyOf: async ({ owner, prefix }) => {
      const { keyId } = readPrefix(prefix);
      const own = keysOf(owner).find((key) => equalBytes(key.key_id, keyId));
      // Another owner's key, or none: only the refusal depends on it.
      return own ?? pickOwnedKey(await findKeysById(sql, [keyId]), keyId, owner);
    },
    statementsOf: async ({ packageId, projectId }) => ({
      service: await state(service(packageId)),
      project: await state({ scope: "project", ownerId: projectId }),
      platform: await state(platform),
    }),
  };
}
