import type { Sql } from "@sealrun/postgres";
import { executionId, jsonObject, packageId, type PackageId, scope, type SecretName } from "@sealrun/protocol";
import { z } from "zod";
import { storedStep } from "../packages/stored-step.ts";
import type { Place } from "./scope-key.ts";

const readRow = z
  .object({
    package_id: packageId,
    execution: executionId,
    step: z.string(),
    version: z.number(),
    at: z.date(),
  })
  .transform(({ package_id, at, ...row }) => ({ packageId: package_id, lastRead: { ...row, at: at.toISOString() } }));

/** The newest read of a secret by each package, among the last 10,000 reads of the secret. */
export async function listReaders(
  sql: Sql,
  { scope: where, ownerId }: Place,
  name: SecretName,
): Promise<readonly z.infer<typeof readRow>[]> {
  return sql.rows(
    readRow,
    `select distinct on (e.package_id) e.package_id, e.id as execution, s.name as step, r.version, r.at
     from (select execution_id, step, version, at from receipts
           where owner_id = $2 and name = $3 and outcome = 'read' and scope = $1 order by at desc limit 10000) r
     join executions e on e.id = r.execution_id
     join execution_steps s on s.execution_id = r.execution_id and s.position = r.step
     order by e.package_id, r.at desc`,
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
