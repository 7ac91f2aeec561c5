import {
  type PlatformRetention,
  platformRetention,
  type ProjectRetention,
  projectRetention,
  type RetentionPreview,
  retentionPreview,
  type SetRetention,
} from "@sealrun/protocol";
import { queryOf } from "../connection/query.ts";
import { type Ask, path } from "../connection/request.ts";

/** How long finished executions and their logs are kept. */
export interface Retention {
  /** The platform's limits, and the projects with their own. */
  getRetention(): Promise<PlatformRetention>;
  setRetention(limits: SetRetention): Promise<PlatformRetention>;
  /** The limits that apply to a project. */
  getProjectRetention(project: string): Promise<ProjectRetention>;
  /** `null` takes the project's own limits away, so that the platform's apply. */
  setProjectRetention(project: string, limits: SetRetention | null): Promise<ProjectRetention>;
  /** Counts what these limits would delete now: in a project, or for null in all without their own limits. */
  previewRetention(project: string | null, limits: SetRetention): Promise<RetentionPreview>;
}

/** The calls about retention. */
export function createRetention(ask: Ask): Retention {
  const platform = path`/platform/retention`;
  const projectPath = (project: string): string => path`/projects/${project}/retention`;
  return {
    getRetention: async () => ask(platformRetention, { method: "GET", path: platform }),
    setRetention: async (limits) => ask(platformRetention, { method: "PUT", path: platform, json: limits }),
    getProjectRetention: async (project) => ask(projectRetention, { method: "GET", path: projectPath(project) }),
    setProjectRetention: async (project, limits) =>
      ask(
        projectRetention,
        limits === null
          ? { method: "DELETE", path: projectPath(project) }
          : { method: "PUT", path: projectPath(project), json: limits },
      ),
    previewRetention: async (project, { executionsDays, logsDays }) => {
      const query = queryOf({ executionsDays: String(executionsDays), logsDays: String(logsDays) });
      return ask(retentionPreview, {
        method: "GET",
        path: `${project === null ? platform : projectPath(project)}/preview${query}`,
      });
    },
  };
}
