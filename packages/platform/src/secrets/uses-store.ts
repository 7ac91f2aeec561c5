import type { Sql } from "@sealrun/postgres";
import {
  executionId,
  type ExecutionId,
  jsonObject,
  packageId,
  type PackageId,
  scope,
  type SecretName,
} from "@sealrun/protocol";
import { z } from "zod";
import { storedStep } from "../packages/stored-step.ts";
import type { Place } from "./scope-key.ts";

const readRow = z
  .object({
    package_id: packageId,
    execution: executionId.nullable(),
    step: z.string(),
    version: z.number(),
    at: z.date(),
  })
  .transform(({ package_id, at, ...row }) => ({ packageId: package_id, lastRead: { ...row, at: at.toISOString() } }));

/**
 * The newest read of a secret by each package, among the last 10,000 reads of the secret and those that are kept of
 * deleted executions.
 */
export async function listReaders(
  sql: Sql,
  { scope: where, ownerId }: Place,
  name: SecretName,
): Promise<readonly z.infer<typeof readRow>[]> {
  return sql.rows(
    readRow,
    `select distinct on (package_id) package_id, execution, step, version, at from (
       select e.package_id, e.id as execution, s.name as step, r.version, r.at
       from (select execution_id, step, version, at from receipts
             where owner_id = $2 and name = $3 and outcome = 'read' and scope = $1 order by at desc limit 10000) r
       join executions e on e.id = r.execution_id
       join execution_steps s on s.execution_id = r.execution_id and s.position = r.step
       union all
       select package_id, null, step, version, at from secret_reads where owner_id = $2 and name = $3 and scope = $1) u
     order by package_id, at desc`,
    [where, ownerId, name],
  );
}

const candidateRow = z
  .object({
    id: packageId,
    project: z.string(),
    package: z.string(),
    manifest: jsonObject,
    config: jsonObject,
    parameters: jsonObject.nullable(),
    steps: z.array(storedStep),
    set_in: z.array(scope),
  })
  .transform(({ set_in, ...row }) => ({ ...row, setIn: set_in }));
/**
 * A package that may use a name: the documents of its newest version, and the scopes it can read that have the name.
 */
export type Candidate = z.infer<typeof candidateRow>;

/** The packages within a place whose documents contain a name, and the packages in `others`; by project and name. */
export async function listCandidates(
  sql: Sql,
  { scope: where, ownerId }: Place,
  name: SecretName,
  others: readonly PackageId[],
): Promise<readonly Candidate[]> {
  return sql.rows(
    candidateRow,
    `select k.id, p.name as project, k.name as package, v.manifest, v.config, v.parameters, v.steps,
            array(select s.scope from secrets s where s.name = $3 and s.deleted_at is null
                  and ((s.scope = 'service' and s.owner_id = k.id) or (s.scope = 'project' and s.owner_id = p.id)))
              as set_in
     from packages k join projects p on p.id = k.project_id
       join versions v on v.package_id = k.id and v.number = k.current_version
     where ($1 = 'platform' or ($1 = 'project' and p.id = $2) or ($1 = 'service' and k.id = $2))
       and (k.id = any ($4) or strpos(v.manifest::text, $3) > 0 or strpos(v.config::text, $3) > 0
            or strpos(v.parameters::text, $3) > 0 or strpos(v.steps::text, $3) > 0)
     order by lower(p.name), lower(k.name)`,
    [where, ownerId, name, others],
  );
}

/** Keeps the newest reads of each package out of executions that are about to be deleted. */
export async function keepLastReads(sql: Sql, ids: readonly ExecutionId[]): Promise<void> {
  await sql.run(
    `insert into secret_reads as kept (scope, owner_id, name, package_id, step, version, at)
     select distinct on (r.owner_id, r.name, r.scope, e.package_id)
       r.scope, r.owner_id, r.name, e.package_id, s.name, r.version, r.at
     from receipts r join executions e on e.id = r.execution_id
       join execution_steps s on s.execution_id = r.execution_id and s.position = r.step
     where r.execution_id = any ($1) and r.outcome = 'read' and r.owner_id is not null and r.scope is not null
       and r.version is not null
     order by r.owner_id, r.name, r.scope, e.package_id, r.at desc
     on conflict (owner_id, name, scope, package_id) do update
       set step = excluded.step, version = excluded.version, at = excluded.at where kept.at < excluded.at`,
    [ids],
  );
}
