import { z } from "zod";
import type { Sql } from "./sql.ts";

const sizeRow = z.object({ name: z.string(), bytes: z.coerce.number(), rows: z.coerce.number() });
/** A table with its indexes. PostgreSQL counts the rows roughly, and soon after they have changed. */
export type TableSize = z.infer<typeof sizeRow>;

/** Every table of the database, the largest first. */
export async function readTableSizes(sql: Sql): Promise<TableSize[]> {
  return sql.rows(
    sizeRow,
    `select relname as name, pg_total_relation_size(relid)::text as bytes, n_live_tup::text as rows
     from pg_stat_user_tables where schemaname = 'public' order by pg_total_relation_size(relid) desc, relname`,
  );
}
