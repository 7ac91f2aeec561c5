import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, jsonObject, packageId, projectId, projectName, trigger } from "@sealrun/protocol";
import { z } from "zod";
import { executionNotFound } from "../executions/store.ts";

const earlierRow = z
  .object({
    project_id: projectId,
    package_id: packageId,
    version: z.number(),
    trigger,
    visible: jsonObject,
    sealed: z.instanceof(Uint8Array).nullable(),
    sealed_names: z.array(z.string()),
    project_name: projectName,
    project_archived_at: z.date().nullable(),
  })
  .transform(({ project_id, package_id, sealed_names, project_name, project_archived_at, ...row }) => ({
    ...row,
    project: { name: project_name, archivedAt: project_archived_at },
    projectId: project_id,
    packageId: package_id,
    sealedNames: sealed_names,
  }));
/** The start of an earlier execution; its sealed parameters are in both layers. */
export type EarlierExecution = z.infer<typeof earlierRow>;

/** Keeps an execution from being deleted until the transaction ends; `EXECUTION_NOT_FOUND`. */
export async function keepEarlier(sql: Sql, id: ExecutionId): Promise<void> {
  const found = await sql.run("select from executions where id = $1 for key share", [id]);
  if (found !== 1) throw executionNotFound(id);
}

/** How the execution of that id was started; `EXECUTION_NOT_FOUND`. */
export async function getEarlier(sql: Sql, id: ExecutionId): Promise<EarlierExecution> {
  const found = await sql.row(
    earlierRow,
    `select e.project_id, e.package_id, v.number as version, e.trigger, e.visible, e.sealed, e.sealed_names,
            p.name as project_name, p.archived_at as project_archived_at
     from executions e join versions v on v.id = e.version_id join projects p on p.id = e.project_id where e.id = $1`,
    [id],
  );
  if (found !== undefined) return found;
  throw executionNotFound(id);
}
