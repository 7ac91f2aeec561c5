import { z } from "zod";
import { fields } from "../text/document.ts";
import { maxConcurrent } from "../package/manifest-fields.ts";
import { projectId, projectName } from "../names.ts";
import { sandboxLevel } from "../wire/sandbox-level.ts";

/** `POST /api/v1/projects`. */
export const createProject = fields({ name: projectName });
/** A project as the API shows it. */
export const projectInfo = z.object({
  id: projectId,
  name: projectName,
  createdAt: z.string(),
  /** The maximum number of its executions that run at once; null means unlimited. */
  maxConcurrent: z.number().int().nullable(),
  /** Its executions run only on executors whose sandbox reaches this level; absent from an earlier platform. */
  minSandbox: sandboxLevel.optional(),
  /** Its scripts never have the network of an executor's machine; absent from an earlier platform. */
  requireNetwork: z.boolean().optional(),
  /** When it was archived; null while it is not, absent from an earlier platform. */
  archivedAt: z.string().nullish(),
});
export type ProjectInfo = z.infer<typeof projectInfo>;
/** `PATCH /api/v1/projects/:project`: absent fields stay as they are; null removes the limit, `none` the least level. */
export const changeProject = fields({
  maxConcurrent: maxConcurrent.nullable().optional(),
  minSandbox: sandboxLevel.optional(),
  requireNetwork: z.boolean().optional(),
  name: projectName.optional(),
  /** While it is archived, nothing of it starts and lists leave it out. */
  archived: z.boolean().optional(),
});
export type ChangeProject = z.infer<typeof changeProject>;
/** `GET /api/v1/projects?archived=`, archived ones only with `true`. */
export const projectList = z.object({ projects: z.array(projectInfo) });
export type ProjectList = z.infer<typeof projectList>;
