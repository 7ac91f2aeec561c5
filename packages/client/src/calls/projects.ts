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
import type { Change } from "../connection/change.ts";
import { archivedQuery } from "../connection/query.ts";
import { type Ask, path } from "../connection/request.ts";

/** Projects. */
export interface Projects {
  createProject(name: string): Promise<ProjectInfo>;
  /** Archived ones only where they are asked for. */
  listProjects(options?: { readonly archived?: boolean }): Promise<ProjectList["projects"]>;
  getProject(name: string): Promise<ProjectInfo>;
  /** Every project with its number of packages, those that need attention, and its last run. */
  listProjectSummaries(): Promise<PlatformOverview["projects"]>;
  /** Every package with its last runs, its missing secrets and its next run; archived ones where they are asked for. */
  overview(project: string, options?: { readonly archived?: boolean }): Promise<ProjectOverview>;
  /**
   * `maxConcurrent` null takes the limit away, `minSandbox` `none` the least sandbox. While it is archived, nothing of it
   * starts.
   */
  changeProject(name: string, change: Change<ChangeProject>): Promise<ProjectInfo>;
}

/** The calls about projects. */
export function createProjects(ask: Ask): Projects {
  return {
    createProject: async (name) => ask(projectInfo, { method: "POST", path: "/projects", json: { name } }),
    listProjects: async (options = {}) =>
      (await ask(projectList, { method: "GET", path: `/projects${archivedQuery(options)}` })).projects,
    getProject: async (name) => ask(projectInfo, { method: "GET", path: path`/projects/${name}` }),
    listProjectSummaries: async () => (await ask(platformOverview, { method: "GET", path: "/overview" })).projects,
    overview: async (project, options = {}) =>
      ask(projectOverview, {
        method: "GET",
        path: path`/projects/${project}/overview` + archivedQuery(options),
      }),
    changeProject: async (name, change) =>
      ask(projectInfo, { method: "PATCH", path: path`/projects/${name}`, json: change }),
  };
}
