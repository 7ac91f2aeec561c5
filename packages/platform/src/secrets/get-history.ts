import type { Sql } from "@sealrun/postgres";
import { type SecretHistory, type SecretName, SealrunError } from "@sealrun/protocol";
import { listHistory } from "./history-store.ts";
import type { Place } from "./scope-key.ts";

/** Every version of a secret, deleted or not, newest first; `SECRET_NOT_FOUND` for a name that was never set there. */
export async function getHistory(sql: Sql, place: Place, name: SecretName): Promise<SecretHistory> {
  const versions = [...(await listHistory(sql, { ...place, name }))];
  if (versions.length > 0) return { name, scope: place.scope, versions };
  throw new SealrunError(
    "SECRET_NOT_FOUND",
    `Scope ${place.scope} never had a secret ${name} here; list the names in this scope`,
  );
}
