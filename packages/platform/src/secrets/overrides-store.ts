import type { Sql } from "@sealrun/postgres";
import { packageName, type ProjectId, type SecretOverrides, secretName } from "@sealrun/protocol";
import { z } from "zod";

const row = z.object({ name: secretName, count: z.number(), packages: z.array(packageName) });

/** Packages that are named for each secret; of more of them only the number is told. */
const maxNamed = 20;

/**
 * The secrets of a project that packages of it have too, and the packages; archived ones only where they are asked for.
 * One statement, however many packages there are.
 */
export async function listOverrides(
  sql: Sql,
  project: ProjectId,
  { archived }: { readonly archived: boolean },
): Promise<SecretOverrides["overrides"]> {
  return sql.rows(
    row,
    `select s.name, count(*)::int as count, (array_agg(k.name order by lower(k.name)))[:$3] as packages
     from secrets o
       join secrets s on s.name = o.name and s.scope = 'service' and s.deleted_at is null
       join packages k on k.id = s.owner_id and k.project_id = $1 and k.current_version > 0
         and ($2 or k.archived_at is null)
     where o.scope = 'project' and o.owner_id = $1 and o.deleted_at is null
     group by s.name order by s.name`,
    [project, archived, maxNamed],
  );
}
