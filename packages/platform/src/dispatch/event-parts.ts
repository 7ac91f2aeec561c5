import type { Sql } from "@sealrun/postgres";
import type { Kept, VersionWithFiles } from "../cache/kept.ts";
import type { ListSecrets, SealedSecretRow } from "../secrets/lookup-store.ts";
import type { ReadyExecution } from "./choice-store.ts";

/** What an event takes from the package: its version, that version's files, and the current service secrets. */
export interface EventParts extends VersionWithFiles {
  readonly secrets: readonly SealedSecretRow[];
}

/** The parts for one execution of the batch. Throws when a row cannot be read. */
export type FindParts = (ready: ReadyExecution) => Promise<EventParts>;

/** Finds parts among the secrets of a batch; `sql` reads versions that are not kept. */
export function createFindParts(
  { kept }: { readonly kept: Pick<Kept, "getVersion"> },
  sql: Sql,
  secretsOf: ListSecrets,
): FindParts {
  return async (ready) => ({
    ...(await kept.getVersion(sql, ready.package.id, ready.versionNumber)),
    secrets: secretsOf(ready.package.id),
  });
}
