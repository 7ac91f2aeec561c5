import {
  changeProject,
  createProject,
  errorBody,
  platformOverview,
  type ProjectInfo,
  projectInfo,
  projectList,
  projectName,
  projectOverview,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { recordAudit } from "../../audit/store.ts";
import type { Kept } from "../../cache/kept.ts";
import type { Deps } from "../../deps.ts";
import { ringOutbox } from "../../postgres/channels.ts";
import { describeProjects } from "../../overview/all-projects.ts";
import { describeProject } from "../../overview/overview.ts";
import {
  createProject as make,
  getProject,
  limitProject,
  listProjects,
  type Project,
  requireNetwork as setRequireNetwork,
  requireSandbox,
} from "../../projects/store.ts";
import { requesterOf } from "../requester.ts";

const info = ({ id, name, createdAt, maxConcurrent, minSandbox, requireNetwork }: Project): ProjectInfo => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  maxConcurrent,
  minSandbox,
  requireNetwork,
});

/** Projects: create, list, show, limit. */
export function projectRoutes(
  plain: FastifyInstance,
  deps: Pick<Deps, "database" | "platformId"> & { readonly kept: Pick<Kept, "changed"> },
): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: "admin" } as const;
  const compressed = { access: "admin", compress: true } as const;
  app.post(
    "/api/v1/projects",
    {
      config,
      schema: {
        summary: "Create a project",
        body: createProject,
        response: { 201: projectInfo, default: errorBody },
      },
    },
    async (request, reply) => {
      const made = await deps.database.transaction(async (sql) => {
        const project = await make(sql, request.body.name);
        const requester = requesterOf(request);
        await recordAudit(sql, {
          requester,
          action: "project.create",
          object: project.id,
          detail: { name: project.name },
        });
        return project;
      });
      return reply.code(201).send(info(made));
    },
  );
  app.get(
    "/api/v1/projects",
    { config: compressed, schema: { summary: "List projects", response: { 200: projectList, default: errorBody } } },
    async () => ({ projects: (await listProjects(deps.database)).map(info) }),
  );
  app.get(
    "/api/v1/overview",
    {
      config: compressed,
      schema: {
        summary: "Show every project with its number of packages, those that need attention, and its last run",
        response: { 200: platformOverview, default: errorBody },
      },
    },
    async () => describeProjects(deps),
  );
  app.get(
    "/api/v1/projects/:project",
    {
      config,
      schema: {
        summary: "Show a project",
        params: z.object({ project: projectName }),
        response: { 200: projectInfo, default: errorBody },
      },
    },
    async (request) => info(await getProject(deps.database, request.params.project)),
  );
  app.get(
    "/api/v1/projects/:project/overview",
    {
      config: compressed,
      schema: {
        summary: "Show the packages of a project, their last runs and missing secrets",
        params: z.object({ project: projectName }),
        response: { 200: projectOverview, default: errorBody },
      },
    },
    async (request) => describeProject(deps, await getProject(deps.database, request.params.project)),
  );
  app.patch(
    "/api/v1/projects/:project",
    {
      config,
      schema: {
        summary: "Change the limits of a project: concurrent executions, and what its executors must hold",
        params: z.object({ project: projectName }),
        body: changeProject,
        response: { 200: projectInfo, default: errorBody },
      },
    },
    async (request) => {
      const { maxConcurrent, minSandbox, requireNetwork } = request.body;
      const { project: name } = request.params;
      const isChanged = [maxConcurrent, minSandbox, requireNetwork].some((value) => value !== undefined);
      if (!isChanged) return info(await getProject(deps.database, name));
      const requester = requesterOf(request);
      const changed = await deps.database.transaction(async (sql) => {
        if (maxConcurrent !== undefined) {
          const { id: object } = await limitProject(sql, name, maxConcurrent);
          await recordAudit(sql, { requester, action: "project.limit", object, detail: { maxConcurrent } });
        }
        if (minSandbox !== undefined) {
          const { id: object } = await requireSandbox(sql, name, minSandbox);
          await recordAudit(sql, { requester, action: "project.sandbox", object, detail: { minSandbox } });
        }
        if (requireNetwork !== undefined) {
          const { id: object } = await setRequireNetwork(sql, name, requireNetwork);
          await recordAudit(sql, { requester, action: "project.network", object, detail: { requireNetwork } });
        }
        await ringOutbox(sql);
        return getProject(sql, name);
      });
      deps.kept.changed("projects");
      return info(changed);
    },
  );
}
