import type { Sql } from "@sealrun/postgres";
import { packageId, type PackageId, type PackageName, type ProjectId, SealrunError } from "@sealrun/protocol";
import { z } from "zod";

/** Gives a package another name; `ALREADY_EXISTS` when another package of its project has it. The caller has locked it. */
export async function renamePackage(sql: Sql, id: PackageId, name: PackageName): Promise<void> {
  const renamed = await sql.run(
    `update packages k set name = $2 where id = $1 and not exists (
       select from packages o where o.project_id = k.project_id and lower(o.name) = lower($2) and o.id <> k.id)`,
    [id, name],
  );
  if (renamed === 1) return;
  throw new SealrunError(
    "ALREADY_EXISTS",
    `The project has a package ${name} already, which may be archived; choose another name`,
  );
}

/** Archives a package, or ends that. The caller has locked it. */
export async function setPackageArchived(sql: Sql, id: PackageId, isArchived: boolean): Promise<void> {
  await sql.run("update packages set archived_at = case when $2 then clock_timestamp() end where id = $1", [
    id,
    isArchived,
  ]);
}

/** Locks the packages of a project that have schedules until the transaction ends. */
export async function lockScheduledPackages(sql: Sql, project: ProjectId): Promise<readonly PackageId[]> {
  const rows = await sql.rows(
    z.object({ id: packageId }),
    `select id from packages k where project_id = $1
       and exists (select from schedules s where s.package_id = k.id and s.ended_at is null)
     order by id for update`,
    [project],
  );
  return rows.map(({ id }) => id);
}
