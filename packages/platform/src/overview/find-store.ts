import type { Sql } from "@sealrun/postgres";
import {
  type FoundNames,
  packageName,
  type PlatformId,
  type ProjectName,
  projectName,
  scope,
  secretName,
} from "@sealrun/protocol";
import { z } from "zod";

/** What to look for. */
export interface NameSearch {
  /** A part of a name in any case; of a package also of `project/package`. Empty finds all projects and packages. */
  readonly text: string;
  /** What belongs to this project comes first. */
  readonly near: ProjectName | undefined;
  readonly archived: boolean;
  /** At most this many of each kind. */
  readonly limit: number;
}

const row = z.object({
  kind: z.enum(["project", "package", "secret"]),
  name: z.string(),
  scope: scope.nullable(),
  project: projectName.nullable(),
  package: packageName.nullable(),
  archived: z.boolean(),
});

/**
 * Projects, packages and current secrets by a part of their name: one statement that reads each table once. The tables
 * have a row for each name, and no index can find the middle of a name: 2,000 secrets are some 40 pages.
 */
export async function findNames(
  sql: Sql,
  platformId: PlatformId,
  { text, near, archived, limit }: NameSearch,
): Promise<FoundNames> {
  const found = await sql.rows(
    row,
    `with wanted as materialized (select lower($1) as text, (select id from projects where lower(name) = lower($2)) as near)
     (select 'project' as kind, p.name, null as scope, p.name as project, null as package, p.archived_at is not null as archived
      from projects p, wanted w
      where strpos(lower(p.name), w.text) > 0 and ($3 or p.archived_at is null)
      order by coalesce(p.id = w.near, false) desc, strpos(lower(p.name), w.text), lower(p.name) limit $4)
     union all
     (select 'package', k.name, null, p.name, k.name, k.archived_at is not null or p.archived_at is not null
      from packages k join projects p on p.id = k.project_id, wanted w
      where strpos(lower(p.name || '/' || k.name), w.text) > 0 and k.current_version > 0
        and ($3 or (k.archived_at is null and p.archived_at is null))
      order by coalesce(p.id = w.near, false) desc, strpos(lower(k.name), w.text) = 0, strpos(lower(k.name), w.text), lower(k.name), lower(p.name)
      limit $4)
     union all
     (select 'secret', s.name, s.scope, p.name, k.name, coalesce(k.archived_at, p.archived_at) is not null
      from secrets s
        left join packages k on s.scope = 'service' and k.id = s.owner_id
        left join projects p on p.id = case s.scope when 'service' then k.project_id when 'project' then s.owner_id end,
        wanted w
      where strpos(lower(s.name), w.text) > 0 and w.text <> '' and s.deleted_at is null
        and (s.scope <> 'platform' or s.owner_id = $5) and (s.scope <> 'service' or k.current_version > 0) and ($3 or coalesce(k.archived_at, p.archived_at) is null)
      order by coalesce(p.id = w.near, false) desc, strpos(lower(s.name), w.text), lower(s.name), lower(p.name), lower(k.name) limit $4)`,
    [text, near ?? null, archived, limit, platformId],
  );
  const answer: FoundNames = { projects: [], packages: [], secrets: [] };
  for (const { kind, name, ...place } of found) {
    const { project, package: owner } = place;
    if (kind === "secret" && place.scope !== null) {
      answer.secrets.push({ ...place, name: secretName.parse(name), scope: place.scope });
    } else if (kind === "package" && project !== null && owner !== null) {
      answer.packages.push({ project, package: owner, archived: place.archived });
    } else if (kind === "project" && project !== null) {
      answer.projects.push({ project, archived: place.archived });
    }
  }
  return answer;
}
