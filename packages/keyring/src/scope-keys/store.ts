import type { Sql } from "@sealrun/postgres";
import { scope } from "@sealrun/protocol";
import { z } from "zod";
import { bytesColumn } from "../bytes-column.ts";

const scopeKeyRow = z.object({
  scope,
  owner_id: z.string(),
  version: z.number().int(),
  key_id: bytesColumn,
  public_key: bytesColumn,
  wrapped_private: bytesColumn,
});

/** A scope's key pair as stored: the private half is sealed under the wrapping root key. */
export type StoredScopeKey = z.infer<typeof scopeKeyRow>;

const columns = "scope, owner_id, version, key_id, public_key, wrapped_private";

/** Records a package's project unless one is recorded, and returns the recorded one. */
export async function recordPackage(sql: Sql, packageId: string, projectId: string): Promise<string | undefined> {
  await sql.run("insert into packages (id, project_id) values ($1, $2) on conflict do nothing", [packageId, projectId]);
  return findPackageProject(sql, packageId);
}

/** The project of a package, or undefined for a package without a key. */
export async function findPackageProject(sql: Sql, packageId: string): Promise<string | undefined> {
  const row = z.object({ project_id: z.string() });
  return (await sql.row(row, "select project_id from packages where id = $1", [packageId]))?.project_id;
}

/** The key to seal with now: the highest version. */
export async function findNewestKey(
  sql: Sql,
  owner: Pick<StoredScopeKey, "scope" | "owner_id">,
): Promise<StoredScopeKey | undefined> {
  return sql.row(
    scopeKeyRow,
    `select ${columns} from scope_keys where scope = $1 and owner_id = $2 order by version desc limit 1`,
    [owner.scope, owner.owner_id],
  );
}

/** The key of that id, of any owner. */
export async function findKeyById(sql: Sql, keyId: Uint8Array): Promise<StoredScopeKey | undefined> {
  return sql.row(scopeKeyRow, `select ${columns} from scope_keys where key_id = $1`, [keyId]);
}

/** Adds a key unless that version exists: when two keyrings make one at once, the first key stays. */
export async function addKey(sql: Sql, key: StoredScopeKey): Promise<void> {
  await sql.run(
    `insert into scope_keys (${columns}) values ($1, $2, $3, $4, $5, $6) on conflict (scope, owner_id, version) do nothing`,
    [key.scope, key.owner_id, key.version, key.key_id, key.public_key, key.wrapped_private],
  );
}
