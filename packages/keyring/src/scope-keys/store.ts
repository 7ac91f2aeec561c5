import type { Sql } from "@sealrun/postgres";
import { type Scope, scope } from "@sealrun/protocol";
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

const ownerRow = z
  .object({ wanted: z.string(), project_id: z.string().nullable() })
  .and(z.union([scopeKeyRow, z.object({ key_id: z.null() })]))
  .transform((row) => ({
    ownerId: row.wanted,
    projectId: row.project_id ?? undefined,
    key: row.key_id === null ? undefined : row,
  }));
/** A package, a project or the platform, with one of its keys, if it has any; of a package, the recorded project too. */
export type StoredOwner = z.infer<typeof ownerRow>;

/** All keys of these owners, and the projects of the packages among them; at least one row for each owner. */
export async function findOwners(
  sql: Sql,
  owners: readonly { readonly scope: Scope; readonly ownerId: string }[],
): Promise<readonly StoredOwner[]> {
  return sql.rows(
    ownerRow,
    `select w.owner_id as wanted, p.project_id,
            k.scope, k.owner_id, k.version, k.key_id, k.public_key, k.wrapped_private
     from unnest($1::text[], $2::text[]) as w (scope, owner_id)
       left join packages p on w.scope = 'service' and p.id = w.owner_id
       left join scope_keys k on k.scope = w.scope and k.owner_id = w.owner_id`,
    [owners.map(({ scope }) => scope), owners.map(({ ownerId }) => ownerId)],
  );
}

/** The project of a package, or undefined for a package without a key. */
async function findPackageProject(sql: Sql, packageId: string): Promise<string | undefined> {
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

/** The keys of these ids that exist, of any owner. */
export async function findKeysById(sql: Sql, ids: readonly Uint8Array[]): Promise<readonly StoredScopeKey[]> {
  return sql.rows(scopeKeyRow, `select ${columns} from scope_keys where key_id = any ($1::bytea[])`, [ids]);
}

/** Adds a key unless that version exists: when two keyrings make one at once, the first key stays. */
export async function addKey(sql: Sql, key: StoredScopeKey): Promise<void> {
  await sql.run(
    `insert into scope_keys (${columns}) values ($1, $2, $3, $4, $5, $6) on conflict (scope, owner_id, version) do nothing`,
    [key.scope, key.owner_id, key.version, key.key_id, key.public_key, key.wrapped_private],
  );
}
