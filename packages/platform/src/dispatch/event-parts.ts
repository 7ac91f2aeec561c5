import type { Sql } from "@sealrun/postgres";
import type { Kept, VersionWithFiles } from "../cache/kept.ts";
import { listServiceSecrets, type SealedSecretRow } from "../secrets/lookup-store.ts";
import type { ReadyExecution } from "./choice-store.ts";

/** What an event takes from the package: its version, that version's files, and the current service secrets. */
export interface EventParts extends VersionWithFiles {
  readonly secrets: readonly SealedSecretRow[];
}

/** The parts for one execution of the batch. Throws when a row cannot be read. */
export type FindParts = (ready: ReadyExecution) => Promise<EventParts>;

/** Reads the secrets of a batch in one statement, and versions that are not kept. */
export async function readEventParts(
  { kept }: { readonly kept: Pick<Kept, "getVersion"> },
  sql: Sql,
  batch: readonly ReadyExecution[],
): Promise<FindParts> {
  const secretsOf = await listServiceSecrets(sql, [...new Set(batch.map((ready) => ready.package.id))]);
  return async (ready) => ({
    ...(await kept.getVersion(sql, ready.package.id, ready.versionNumber)),
    secrets: secretsOf(ready.package.id),
  });
}
