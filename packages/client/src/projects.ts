import { type ProjectInfo, projectInfo, type ProjectList, projectList } from "@sealrun/protocol";
import type { Ask } from "./request.ts";

/** Projects. */
export interface Projects {
  createProject(name: string): Promise<ProjectInfo>;
  listProjects(): Promise<ProjectList["projects"]>;
}

/** The calls about projects. */
export function createProjects(ask: Ask): Projects {
  return {
    createProject: async (name) => ask(projectInfo, { method: "POST", path: "/projects", json: { name } }),
    listProjects: async () => (await ask(projectList, { method: "GET", path: "/projects" })).projects,
  };
}
