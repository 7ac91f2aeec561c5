import type { Sql } from "@sealrun/postgres";
import { z } from "zod";

/** No index has actors: only these newest rows are read for them. */
const maxRows = 10_000;

/**
 * Actors whose name contains a text, in any case: those of the newest 10,000 rows, the most frequent first, then all
 * executors of the platform.
 */
export async function listActors(
  sql: Sql,
  { text, limit }: { readonly text: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await sql.rows(
    z.object({ actor: z.string() }),
    `select actor from (
       select actor, count(*) as rows from (select actor from audit order by seq desc limit $2) newest group by actor
       union all
       select 'executor ' || id, 0 from executors) known
     where strpos(lower(actor), lower($1)) > 0
     group by actor order by max(rows) desc, actor limit $3`,
    [text, maxRows, limit],
  );
  return rows.map(({ actor }) => actor);
}
