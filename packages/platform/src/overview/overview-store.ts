import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  executionStatus,
  jsonObject,
  type PackageId,
  packageId,
  packageName,
  type PlatformId,
  projectId,
  type ProjectId,
  projectName,
  scope,
} from "@sealrun/protocol";
import { z } from "zod";
import { storedStep } from "../packages/stored-step.ts";
import { ofPackageNewestFirst } from "./execution-list-store.ts";

const packageRow = z
  .object({
    id: packageId,
    name: packageName,
    project_id: projectId,
    project: projectName,
    version: z.number(),
    created_at: z.date(),
    manifest: jsonObject,
    config: jsonObject,
    parameters: jsonObject.nullable(),
    steps: z.array(storedStep),
    next_at: z.date().nullable(),
    archived_at: z.date().nullable(),
  })
  .transform(({ created_at, next_at, archived_at, project_id, ...row }) => ({
    ...row,
    projectId: project_id,
    pushedAt: created_at,
    nextAt: next_at,
    archivedAt: archived_at,
  }));
/** A package with a version, the documents of its newest version, and when a schedule next starts it. */
export type OverviewPackage = z.infer<typeof packageRow>;

/** The packages that have a version, by name: of one project, or of all; archived ones only where they are asked for. */
export async function listOverviewPackages(
  sql: Sql,
  { project, archived }: { readonly project?: ProjectId; readonly archived: boolean },
): Promise<readonly OverviewPackage[]> {
  return sql.rows(
    packageRow,
    `select k.id, k.name, k.project_id, p.name as project, v.number as version, v.created_at, v.manifest, v.config, v.parameters, v.steps,
            k.archived_at,
            (select min(s.next_at) from schedules s
             where s.package_id = k.id and s.ended_at is null and not s.is_paused) as next_at
     from packages k join versions v on v.package_id = k.id and v.number = k.current_version
       join projects p on p.id = k.project_id
     where ($1::text is null or k.project_id = $1) and ($2 or k.archived_at is null) order by lower(k.name)`,
    [project ?? null, archived],
  );
}

const storedRow = z
  .object({ scope, owner_id: z.string(), name: z.string() })
  .transform(({ owner_id, ...row }) => ({ ...row, ownerId: owner_id }));
/** A name that is set, and its place. */
export type StoredName = z.infer<typeof storedRow>;

/** Which of these names are set on the platform, in one of the projects, or in one of the packages. */
export async function listStoredNames(
  sql: Sql,
  reach: {
    readonly platformId: PlatformId;
    readonly projects: readonly ProjectId[];
    readonly packages: readonly PackageId[];
  },
  names: readonly string[],
): Promise<readonly StoredName[]> {
  return sql.rows(
    storedRow,
    `select scope, owner_id, name from secrets
     where name = any ($4) and deleted_at is null and ((scope = 'platform' and owner_id = $1)
       or (scope = 'project' and owner_id = any ($2)) or (scope = 'service' and owner_id = any ($3)))`,
    [reach.platformId, reach.projects, reach.packages, names],
  );
}

const missedRow = z
  .object({ package_id: packageId, execution: executionId, step: z.string(), name: z.string() })
  .transform(({ package_id, ...row }) => ({ ...row, packageId: package_id }));
/** A name that an execution asked for when no scope had it. */
export type MissedName = z.infer<typeof missedRow>;

/** The names that the newest finished execution of each package asked for but no scope had; each once for each step, by name. */
export async function listMissed(sql: Sql, packages: readonly PackageId[]): Promise<readonly MissedName[]> {
  return sql.rows(
    missedRow,
    `select distinct k.id as package_id, e.id as execution, s.name as step, r.name
     from packages k cross join lateral (
       select id, attempt from executions where finished_at is not null and ${ofPackageNewestFirst} limit 1) e
     join receipts r on r.execution_id = e.id and r.outcome = 'missing' and r.attempt is not distinct from e.attempt
     join execution_steps s on s.execution_id = r.execution_id and s.position = r.step
     where k.id = any ($1) order by r.name`,
    [packages],
  );
}

const lastRunRow = z
  .object({ package_id: packageId, status: executionStatus, created_at: z.date() })
  .transform(({ package_id, created_at, status }) => ({ packageId: package_id, status, createdAt: created_at }));
/** How the newest execution of a package is doing. */
export type LastRun = z.infer<typeof lastRunRow>;

/** The newest execution of each package that ever ran. */
export async function listLastRuns(sql: Sql): Promise<readonly LastRun[]> {
  return sql.rows(
    lastRunRow,
    `select k.id as package_id, e.status, e.created_at from packages k cross join lateral (
       select status, created_at from executions where ${ofPackageNewestFirst} limit 1) e`,
  );
}
