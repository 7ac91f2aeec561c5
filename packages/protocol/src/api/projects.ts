import { z } from "zod";
import { projectId, projectName } from "../names.ts";

/** `POST /api/v1/projects`. */
export const createProject = z.object({ name: projectName });
/** A project as the API shows it. */
export const projectInfo = z.object({ id: projectId, name: projectName, createdAt: z.string() });
export type ProjectInfo = z.infer<typeof projectInfo>;
/** `GET /api/v1/projects`. */
export const projectList = z.object({ projects: z.array(projectInfo) });
export type ProjectList = z.infer<typeof projectList>;
