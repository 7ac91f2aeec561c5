import { z } from "zod";
import { maxConcurrent } from "../package/manifest-fields.ts";
import { projectId, projectName } from "../names.ts";

/** `POST /api/v1/projects`. */
export const createProject = z.object({ name: projectName });
/** A project as the API shows it. */
export const projectInfo = z.object({
  id: projectId,
  name: projectName,
  createdAt: z.string(),
  /** How many of its executions may be under way at once; null is any number. */
  maxConcurrent: z.number().int().nullable(),
});
export type ProjectInfo = z.infer<typeof projectInfo>;
/** `PATCH /api/v1/projects/:project`: what is absent stays; null takes the limit away. */
export const changeProject = z.strictObject({ maxConcurrent: maxConcurrent.nullable() }).partial();
export type ChangeProject = z.infer<typeof changeProject>;
/** `GET /api/v1/projects`. */
export const projectList = z.object({ projects: z.array(projectInfo) });
export type ProjectList = z.infer<typeof projectList>;
