import {
  type ChangeProject,
  platformOverview,
  type PlatformOverview,
  type ProjectInfo,
  projectInfo,
  type ProjectList,
  projectList,
  projectOverview,
  type ProjectOverview,
} from "@sealrun/protocol";
import { type Ask, path } from "../connection/request.ts";

/** Projects. */
export interface Projects {
  createProject(name: string): Promise<ProjectInfo>;
  listProjects(): Promise<ProjectList["projects"]>;
  /** Every project with its number of packages, those that need attention, and its last run. */
  listProjectSummaries(): Promise<PlatformOverview["projects"]>;
  /** Every package with its last runs, its missing secrets and its next run. */
  overview(project: string): Promise<ProjectOverview>;
  /** `maxConcurrent` null takes the limit away, `minSandbox` `none` the least sandbox. */
  changeProject(name: string, change: ChangeProject): Promise<ProjectInfo>;
}

/** The calls about projects. */
export function createProjects(ask: Ask): Projects {
  return {
    createProject: async (name) => ask(projectInfo, { method: "POST", path: "/projects", json: { name } }),
    listProjects: async () => (await ask(projectList, { method: "GET", path: "/projects" })).projects,
    listProjectSummaries: async () => (await ask(platformOverview, { method: "GET", path: "/overview" })).projects,
    overview: async (project) => ask(projectOverview, { method: "GET", path: path`/projects/${project}/overview` }),
    changeProject: async (name, change) =>
      ask(projectInfo, { method: "PATCH", path: path`/projects/${name}`, json: change }),
  };
}
