import type { Sql } from "@sealrun/postgres";
import type { PackageId } from "@sealrun/protocol";
import { z } from "zod";

const stateRow = z.object({ key: z.string(), sealed: z.instanceof(Uint8Array) });
/** One key of a package's state, in both layers. */
export interface StoredState {
  readonly key: string;
  readonly sealed: Uint8Array;
}

/** Stores one key of a package's state; the newest value wins. */
export async function putState(sql: Sql, packageId: PackageId, entry: StoredState): Promise<void> {
  await sql.run(
    `insert into package_state (package_id, key, sealed) values ($1, $2, $3)
     on conflict (package_id, key) do update set sealed = excluded.sealed, updated_at = clock_timestamp()`,
    [packageId, entry.key, entry.sealed],
  );
}

/** Entries after a key, in the order of keys. */
export async function readState(
  sql: Sql,
  packageId: PackageId,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly StoredState[]> {
  return sql.rows(
    stateRow,
    `select key, sealed from package_state where package_id = $1 and ($2::text is null or key collate "C" > $2)
     order by key limit $3`,
    [packageId, page.after ?? null, page.limit],
  );
}
