import type { Sql } from "@sealrun/postgres";
import {
  packageId,
  type PackageId,
  type PackageName,
  packageName,
  type ProjectId,
  SealrunError,
} from "@sealrun/protocol";
import { z } from "zod";
import type { Project } from "../projects/store.ts";

const packageRow = z
  .object({
    id: packageId,
    name: packageName,
    created_at: z.date(),
    current_version: z.number(),
    archived_at: z.date().nullable(),
  })
  .transform(({ id, name, created_at, current_version, archived_at }) => ({
    id,
    name,
    createdAt: created_at,
    currentVersion: current_version,
    archivedAt: archived_at,
  }));
/** A package; `currentVersion` is 0 until its first push. */
export type Package = z.infer<typeof packageRow>;

const columns = "id, name, created_at, current_version, archived_at";

const listedRow = z
  .object({
    id: packageId,
    name: packageName,
    number: z.number(),
    created_at: z.date(),
    archived_at: z.date().nullable(),
  })
  .transform(({ id, name, number, created_at, archived_at }) => ({
    id,
    name,
    version: number,
    pushedAt: created_at,
    archivedAt: archived_at,
  }));
/** A package as lists show it. */
export type ListedPackage = z.infer<typeof listedRow>;

/** The package of that name in any case, pushed or not; or undefined. */
export async function findPackage(sql: Sql, project: ProjectId, name: PackageName): Promise<Package | undefined> {
  return sql.row(packageRow, `select ${columns} from packages where project_id = $1 and lower(name) = lower($2)`, [
    project,
    name,
  ]);
}

/** The package of that name, or `PACKAGE_NOT_FOUND`; without a version it counts as absent. */
export async function getPackage(sql: Sql, project: Project, name: PackageName): Promise<Package> {
  const found = await findPackage(sql, project.id, name);
  if (found !== undefined && found.currentVersion > 0) return found;
  throw new SealrunError(
    "PACKAGE_NOT_FOUND",
    `Project ${project.name} has no package ${name}; push it, or check the name`,
  );
}

/** The package of that id, or `PACKAGE_NOT_FOUND`. */
export async function getPackageById(sql: Sql, id: PackageId): Promise<Package> {
  const found = await sql.row(packageRow, `select ${columns} from packages where id = $1`, [id]);
  if (found !== undefined) return found;
  throw new SealrunError("PACKAGE_NOT_FOUND", "");
}

/** Adds a package without a version; undefined when the name is taken. */
export async function insertPackage(
  sql: Sql,
  made: { readonly id: string; readonly projectId: ProjectId; readonly name: PackageName },
): Promise<Package | undefined> {
  return sql.row(
    packageRow,
    `insert into packages (id, project_id, name) values ($1, $2, $3)
     on conflict (project_id, lower(name)) do nothing returning ${columns}`,
    [made.id, made.projectId, made.name],
  );
}

/** Locks the package until the transaction ends: its versions and service secrets are written one after the other. */
export async function lockPackage(sql: Sql, id: string): Promise<Package> {
  const found = await sql.row(packageRow, `select ${columns} from packages where id = $1 for update`, [id]);
  if (found !== undefined) return found;
  throw new SealrunError("PACKAGE_NOT_FOUND", "The package was removed during the request; push it again");
}

/** The project's packages that have a version, by name; archived ones only where they are asked for. */
export async function listPackages(
  sql: Sql,
  project: ProjectId,
  { archived }: { readonly archived: boolean },
): Promise<readonly ListedPackage[]> {
  return sql.rows(
    listedRow,
    `select p.id, p.name, v.number, v.created_at, p.archived_at
     from packages p join versions v on v.package_id = p.id and v.number = p.current_version
     where p.project_id = $1 and ($2 or p.archived_at is null) order by lower(p.name)`,
    [project, archived],
  );
}

/** Removes packages that were announced a day ago and never pushed; the answer is how many. */
export async function forgetUnfinished(sql: Sql): Promise<number> {
  return sql.run("delete from packages where current_version = 0 and created_at < now() - interval '1 day'");
}
