import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, SealrunError } from "@sealrun/protocol";
import type { Requester, Deps } from "../deps.ts";
import { recordAudit } from "../audit/store.ts";
import type { Place, ScopeKey } from "./scope-key.ts";
import { type IncomingSecret, sealIncoming } from "./sealed-value.ts";
import { type StoredVersion, storeSecrets } from "./store.ts";

/** A value that a script set, sealed by its executor with `key`. */
export interface ScriptWrite {
  readonly place: Place;
  readonly key: ScopeKey;
  readonly secret: IncomingSecret;
  readonly executionId: ExecutionId;
  readonly requestId: string;
}

/** Stores a script's value and its audit row in the caller's transaction. Fails as `sealIncoming`. */
export async function storeFromScript(
  deps: Pick<Deps, "platformId" | "storageKey">,
  sql: Sql,
  write: ScriptWrite,
): Promise<StoredVersion> {
  const { place, key, secret } = write;
  const requester: Requester = { name: `execution ${write.executionId}`, requestId: write.requestId };
  const values = sealIncoming(deps, place, key, [secret]);
  const [stored] = await storeSecrets(sql, { place, values, author: requester.name, source: "script" });
  if (stored === undefined) throw new SealrunError("INTERNAL", "A secret was written but no row was returned");
  const detail = { scope: place.scope, name: stored.name, version: stored.version };
  await recordAudit(sql, { requester, action: "secret.set", object: place.ownerId, detail });
  return stored;
}
