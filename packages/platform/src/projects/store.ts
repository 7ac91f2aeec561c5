import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import {
  projectId,
  type ProjectId,
  type ProjectName,
  projectName,
  sandboxLevel,
  type SandboxLevel,
  SealrunError,
} from "@sealrun/protocol";
import { z } from "zod";

const projectRow = z
  .object({
    id: projectId,
    name: projectName,
    created_at: z.date(),
    max_concurrent: z.number().nullable(),
    min_sandbox: sandboxLevel,
    require_network: z.boolean(),
    archived_at: z.date().nullable(),
  })
  .transform(({ id, name, created_at, max_concurrent, min_sandbox, require_network, archived_at }) => ({
    id,
    name,
    createdAt: created_at,
    maxConcurrent: max_concurrent,
    minSandbox: min_sandbox,
    requireNetwork: require_network,
    archivedAt: archived_at,
  }));
const columns = "id, name, created_at, max_concurrent, min_sandbox, require_network, archived_at";
/** A project: a team's packages, secrets and executions. */
export type Project = z.infer<typeof projectRow>;

/** Creates a project; `ALREADY_EXISTS` also for a name that differs only by case. */
export async function createProject(sql: Sql, name: ProjectName): Promise<Project> {
  const made = await sql.row(
    projectRow,
    `insert into projects (id, name) values ($1, $2) on conflict (lower(name)) do nothing returning ${columns}`,
    [newId("project"), name],
  );
  if (made === undefined) {
    throw new SealrunError(
      "ALREADY_EXISTS",
      `There is already a project ${name}, which may be archived; names that differ only by case are the same`,
    );
  }
  return made;
}

/** The projects by name; archived ones only where they are asked for. */
export async function listProjects(
  sql: Sql,
  { archived }: { readonly archived: boolean },
): Promise<readonly Project[]> {
  return sql.rows(projectRow, `select ${columns} from projects where $1 or archived_at is null order by lower(name)`, [
    archived,
  ]);
}

/** The project of that name in any case, or `PROJECT_NOT_FOUND`. */
export async function getProject(sql: Sql, name: ProjectName): Promise<Project> {
  const found = await sql.row(projectRow, `select ${columns} from projects where lower(name) = lower($1)`, [name]);
  if (found !== undefined) return found;
  throw new SealrunError("PROJECT_NOT_FOUND", `There is no project ${name}; create it first, or check the name`);
}

/** Sets the limit of concurrent executions of a project; null is unlimited. `PROJECT_NOT_FOUND`. */
export async function limitProject(sql: Sql, name: ProjectName, maxConcurrent: number | null): Promise<Project> {
  const { id } = await getProject(sql, name);
  await sql.run("update projects set max_concurrent = $2 where id = $1", [id, maxConcurrent]);
  return getProject(sql, name);
}

/** Sets the level that the sandboxes of a project's executors must reach. `PROJECT_NOT_FOUND`. */
export async function requireSandbox(sql: Sql, name: ProjectName, level: SandboxLevel): Promise<Project> {
  const { id } = await getProject(sql, name);
  await sql.run("update projects set min_sandbox = $2 where id = $1", [id, level]);
  return getProject(sql, name);
}

/** Sets whether a project's scripts never have the network of an executor's machine. `PROJECT_NOT_FOUND`. */
export async function requireNetwork(sql: Sql, name: ProjectName, isRequired: boolean): Promise<Project> {
  const { id } = await getProject(sql, name);
  await sql.run("update projects set require_network = $2 where id = $1", [id, isRequired]);
  return getProject(sql, name);
}

/** The project of that name, locked until the transaction ends; `PROJECT_NOT_FOUND`. */
export async function lockProject(sql: Sql, name: ProjectName): Promise<Project> {
  await sql.run("select from projects where lower(name) = lower($1) for update", [name]);
  return getProject(sql, name);
}

/** Gives a project another name; `ALREADY_EXISTS` when another project has it. The caller has locked it. */
export async function renameProject(sql: Sql, id: ProjectId, name: ProjectName): Promise<void> {
  const renamed = await sql.run(
    `update projects set name = $2 where id = $1 and not exists (
       select from projects o where lower(o.name) = lower($2) and o.id <> $1)`,
    [id, name],
  );
  if (renamed === 1) return;
  throw new SealrunError(
    "ALREADY_EXISTS",
    `There is already a project ${name}, which may be archived; choose another name`,
  );
}

/** Archives a project, or ends that. The caller has locked it. */
export async function setProjectArchived(sql: Sql, id: ProjectId, isArchived: boolean): Promise<void> {
  await sql.run("update projects set archived_at = case when $2 then clock_timestamp() end where id = $1", [
    id,
    isArchived,
  ]);
}
