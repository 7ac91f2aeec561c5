import { type PutSecrets, SealrunError, type SecretName } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import { lockPackage } from "../packages/store.ts";
import { listUses } from "./list-uses.ts";
import { refuseUsed } from "./refuse-used.ts";
import { fetchScopeKey, type Place } from "./scope-key.ts";
import { sealIncoming } from "./sealed-value.ts";
import { deleteSecret, type ListedSecret, listSecrets, storeSecrets } from "./store.ts";

type PutSecretsDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId" | "storageKey">;

/** Stores all values or none. Fails as `sealIncoming`, and with `KEYRING_UNREACHABLE`. */
export async function putSecrets(
  deps: PutSecretsDeps,
  requester: Requester,
  place: Place,
  { secrets, source = "set" }: PutSecrets,
): Promise<readonly ListedSecret[]> {
  const key = await fetchScopeKey(deps, place);
  const values = sealIncoming(deps, place, key, secrets);
  return deps.database.transaction(async (sql) => {
    // A push compares its time with the times of sets, so the two must not run at once.
    if (place.scope === "service") await lockPackage(sql, place.ownerId);
    const stored = await storeSecrets(sql, { place, values, author: requester.name, source });
    const versions = Object.fromEntries(stored.map(({ name, version }) => [name, version]));
    await recordAudit(sql, {
      requester,
      action: "secret.set",
      object: place.ownerId,
      detail: { scope: place.scope, source, versions },
    });
    return listSecrets(
      sql,
      place,
      stored.map(({ name }) => name),
    );
  });
}

/**
 * Removes one secret and returns its last state. `SECRET_NOT_FOUND` when the name is not set, and without `isForced`
 * `SECRET_IN_USE` while packages use it.
 */
export async function removeSecret(
  deps: Pick<Deps, "database">,
  requester: Requester,
  place: Place,
  { name, isForced }: { readonly name: SecretName; readonly isForced: boolean },
): Promise<ListedSecret> {
  return deps.database.transaction(async (sql) => {
    const [last] = await listSecrets(sql, place, [name]);
    if (last !== undefined && !isForced) refuseUsed(await listUses(sql, place, name));
    if (last === undefined || !(await deleteSecret(sql, place, { name, author: requester.name }))) {
      throw new SealrunError(
        "SECRET_NOT_FOUND",
        `Scope ${place.scope} has no secret ${name} here; list the names in this scope`,
      );
    }
    const detail = { scope: place.scope, name, version: last.version };
    await recordAudit(sql, { requester, action: "secret.delete", object: place.ownerId, detail });
    return last;
  });
}
