import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { scope, secretId, type SecretName, secretName, type SecretSource, secretSource } from "@sealrun/protocol";
import { z } from "zod";
import { insertRows } from "../postgres/insert-rows.ts";
import type { Place } from "./scope-key.ts";
import type { SealedValue } from "./sealed-value.ts";

const listedRow = z
  .object({
    name: secretName,
    scope,
    version: z.number(),
    author: z.string(),
    source: secretSource,
    created_at: z.date(),
    read_version: z.number().nullable(),
    read_at: z.date().nullable(),
  })
  .transform(({ created_at, read_version, read_at, ...row }) => ({
    ...row,
    updatedAt: created_at,
    lastRead: read_version === null || read_at === null ? null : { version: read_version, at: read_at.toISOString() },
  }));
/** A secret as lists show it. */
export type ListedSecret = z.infer<typeof listedRow>;

/** The values of one write, their place and their author. */
export interface SecretWrite {
  readonly place: Place;
  readonly values: readonly SealedValue[];
  readonly author: string;
  readonly source: SecretSource;
}

/** One stored version's id and number. */
export interface StoredVersion {
  readonly id: z.infer<typeof secretId>;
  readonly name: SecretName;
  readonly version: number;
}

const writtenRow = z.object({ id: secretId, name: secretName, version: z.number() });

/** Stores a new version of each value; call it inside a transaction. Sorted by name, so that writers never deadlock. */
export async function storeSecrets(sql: Sql, write: SecretWrite): Promise<readonly StoredVersion[]> {
  const values = [...write.values].sort((left, right) => (left.name < right.name ? -1 : 1));
  const written = await sql.rows(
    writtenRow,
    `insert into secrets as s (id, scope, owner_id, name, version)
     select given.id, $2, $3, given.name, 1 from unnest($1::text[], $4::text[]) as given (id, name)
     on conflict (scope, owner_id, name) do update set version = s.version + 1, deleted_at = null
     returning id, name, version`,
    [values.map(() => newId("secret")), write.place.scope, write.place.ownerId, values.map(({ name }) => name)],
  );
  const byName = new Map(written.map((row) => [row.name, row]));
  await insertRows(
    sql,
    "secret_versions (secret_id, version, sealed, sha256, size, key_id, ephemeral, author, source)",
    values.map((value) => {
      const row = byName.get(value.name);
      return [
        row?.id,
        row?.version,
        value.sealed,
        value.sha256,
        value.size,
        value.keyId,
        value.ephemeral,
        write.author,
        write.source,
      ];
    }),
  );
  return written;
}

/**
 * The version of a secret that holds exactly these sealed bytes, current or not, also of a deleted secret. Until the
 * transaction ends, others that ask about the same bytes wait: call it inside one, before these bytes are stored.
 */
export async function findSameBytes(
  sql: Sql,
  { scope: of, ownerId }: Place,
  { name, sha256 }: { readonly name: SecretName; readonly sha256: string },
): Promise<StoredVersion | undefined> {
  // Sent together: the second runs after the first, and sees what was committed while that one waited.
  const [, found] = await Promise.all([
    sql.run("select pg_advisory_xact_lock(hashtextextended('sealrun sealed ' || $1, 0))", [sha256]),
    sql.row(
      writtenRow,
      `select s.id, s.name, v.version from secrets s join secret_versions v on v.secret_id = s.id and v.sha256 = $4
       where s.scope = $1 and s.owner_id = $2 and s.name = $3 order by v.version limit 1`,
      [of, ownerId, name, sha256],
    ),
  ]);
  return found;
}

/** Indexes of reads have the database's collation and not that of `secrets.name`, with which they cannot be searched. */
const sameRead = 'owner_id = s.owner_id and name = s.name collate "default" and scope = s.scope';

/** Names, versions, authors and times of a place, or of these names in it; never a value. */
export async function listSecrets(sql: Sql, place: Place, names?: readonly string[]): Promise<readonly ListedSecret[]> {
  return sql.rows(
    listedRow,
    `select s.name, s.scope, s.version, v.author, v.source, v.created_at, r.version as read_version, r.at as read_at
     from secrets s join secret_versions v on v.secret_id = s.id and v.version = s.version
     left join lateral (
       select version, at from (
         (select version, at from receipts
          where ${sameRead} and outcome = 'read'
          order by at desc limit 1)
         union all
         select version, at from secret_reads where ${sameRead}) u
       order by at desc limit 1
     ) r on true
     where s.scope = $1 and s.owner_id = $2 and s.deleted_at is null and ($3::text[] is null or s.name = any ($3))
     order by s.name`,
    [place.scope, place.ownerId, names ?? null],
  );
}

/**
 * Marks a secret as deleted; its versions stay, and a later write gets the next number. False when it was not set. Call
 * it inside a transaction.
 */
export async function deleteSecret(
  sql: Sql,
  place: Place,
  { name, author }: { readonly name: SecretName; readonly author: string },
): Promise<boolean> {
  const gone = await sql.row(
    z.object({ id: secretId, version: z.number() }),
    `update secrets set deleted_at = now() where scope = $1 and owner_id = $2 and name = $3 and deleted_at is null
     returning id, version`,
    [place.scope, place.ownerId, name],
  );
  if (gone === undefined) return false;
  await sql.run("insert into secret_deletions (secret_id, version, author) values ($1, $2, $3)", [
    gone.id,
    gone.version,
    author,
  ]);
  return true;
}
