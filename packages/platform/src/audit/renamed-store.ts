import type { Sql } from "@sealrun/postgres";
import { type PackageName, packageName, type ProjectName, projectName, type RenamedTo } from "@sealrun/protocol";
import { z } from "zod";

const row = z.object({ project: projectName, package: packageName.nullable() });

/**
 * What a project, or a package in it, is called today, by the last rename from an earlier name; both may have been
 * renamed. Undefined for names that nothing had before.
 */
export async function findRenamed(
  sql: Sql,
  names: { readonly project: ProjectName; readonly package: PackageName | undefined },
): Promise<RenamedTo | undefined> {
  const [found] = await sql.rows(
    row,
    `with place as (
       select id, name, null as seq from projects where lower(name) = lower($1)
       union all
       select p.id, p.name, a.seq from audit a join projects p on p.id = a.object
       where a.action = 'project.rename' and lower(a.detail ->> 'from') = lower($1)
       order by seq desc nulls first limit 1)
     select place.name as project, k.name as package
     from place left join lateral (
       select name, null as seq from packages
       where project_id = place.id and current_version > 0 and lower(name) = lower($2)
       union all
       select p.name, a.seq from audit a join packages p on p.id = a.object and p.project_id = place.id
       where a.action = 'package.rename' and lower(a.detail ->> 'from') = lower($2)
       order by seq desc nulls first limit 1) k on true
     where ($2::text is null or k.name is not null)
       and (lower(place.name) <> lower($1) or lower(k.name) <> lower($2))`,
    [names.project, names.package ?? null],
  );
  return found;
}
