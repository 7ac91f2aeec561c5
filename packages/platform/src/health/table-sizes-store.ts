import type { Sql, TableSize } from "@sealrun/postgres";
import { z } from "zod";

/** Whose database a table is in. */
export type DatabaseName = "platform" | "keyring";

const keptDays = 35;

/** True when the last measurement of this database is a day old, or there is none. */
export async function isSizeDue(sql: Sql, database: DatabaseName): Promise<boolean> {
  const row = await sql.row(
    z.object({ is_due: z.boolean() }),
    `select not exists (select from table_sizes where database = $1 and at > now() - interval '23 hours 30 minutes')
       as is_due`,
    [database],
  );
  return row?.is_due === true;
}

/** Keeps a measurement, and deletes those that are older than five weeks. */
export async function keepSizes(sql: Sql, database: DatabaseName, sizes: readonly TableSize[]): Promise<void> {
  await sql.run(
    `with old as (delete from table_sizes where database = $1 and at < now() - $5 * interval '1 day')
     insert into table_sizes (database, name, bytes, rows)
     select $1, given.* from unnest($2::text[], $3::bigint[], $4::bigint[]) as given`,
    [database, sizes.map(({ name }) => name), sizes.map(({ bytes }) => bytes), sizes.map(({ rows }) => rows), keptDays],
  );
}

const keptRow = z
  .object({
    database: z.enum(["platform", "keyring"]),
    name: z.string(),
    at: z.date(),
    bytes: z.coerce.number(),
    rows: z.coerce.number(),
  })
  .transform(({ at, ...row }) => ({ ...row, atMs: at.getTime() }));

/** The oldest measurement of each table in the last eight days. */
export async function listEarlierSizes(sql: Sql): Promise<readonly z.infer<typeof keptRow>[]> {
  return sql.rows(
    keptRow,
    `select distinct on (database, name) database, name, at, bytes::text, rows::text from table_sizes
     where at > now() - interval '8 days' order by database, name, at`,
  );
}
