import type { Sql } from "@sealrun/postgres";
import { packageName, projectName } from "@sealrun/protocol";
import { z } from "zod";
import { getPackage, type Package } from "../../packages/store.ts";
import { getProject, type Project } from "../../projects/store.ts";

/** The address of one package. */
export const packageUrl = "/api/v1/projects/:project/packages/:package";
/** The parameters of that address. */
export const packageParams = z.object({ project: projectName, package: packageName });

/** Project and package of an address. `PROJECT_NOT_FOUND`; `PACKAGE_NOT_FOUND` also for a package without a version. */
export async function findAddressed(
  sql: Sql,
  params: z.infer<typeof packageParams>,
): Promise<{ readonly project: Project; readonly package: Package }> {
  const project = await getProject(sql, params.project);
  return { project, package: await getPackage(sql, project, params.package) };
}
