import {
  changeProject as changeProjectBody,
  createProject,
  errorBody,
  fields,
  foundNames,
  packageName,
  platformOverview,
  type ProjectInfo,
  projectInfo,
  projectList,
  projectName,
  projectOverview,
  renamed,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { findRenamed } from "../../audit/renamed-store.ts";
import { recordAudit } from "../../audit/store.ts";
import type { Kept } from "../../cache/kept.ts";
import type { Deps } from "../../deps.ts";
import { describeProjects } from "../../overview/all-projects.ts";
import { findNames } from "../../overview/find-store.ts";
import { describeProject } from "../../overview/overview.ts";
import { changeProject } from "../../lifecycle/change-project.ts";
import { createProject as make, getProject, listProjects, type Project } from "../../projects/store.ts";
import { archivedQuery, readArchived } from "../request-fields.ts";
import { requesterOf } from "../requester.ts";

const info = ({ id, name, createdAt, archivedAt, ...limits }: Project): ProjectInfo => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  archivedAt: archivedAt?.toISOString() ?? null,
  ...limits,
});

/** Projects: create, list, show, change; and names of all projects, packages and secrets. */
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
    {
      config: compressed,
      schema: {
        summary: "List projects",
        querystring: archivedQuery,
        response: { 200: projectList, default: errorBody },
      },
    },
    async (request) => ({ projects: (await listProjects(deps.database, readArchived(request.query))).map(info) }),
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
    "/api/v1/find",
    {
      config: compressed,
      schema: {
        summary: "Find projects, packages and secrets by a part of their name",
        querystring: fields({
          ...archivedQuery.shape,
          text: z.string().max(257).default(""),
          near: projectName.optional(),
          limit: z.coerce.number().int().min(1).max(50).default(10),
        }),
        response: { 200: foundNames, default: errorBody },
      },
    },
    async ({ query }) => {
      const { text, near, limit } = query;
      return findNames(deps.database, deps.platformId, { text, near, limit, ...readArchived(query) });
    },
  );
  app.get(
    "/api/v1/renamed",
    {
      config,
      schema: {
        summary: "Find what a project, or a package of it, is called today by an earlier name",
        querystring: fields({ project: projectName, package: packageName.optional() }),
        response: { 200: renamed, default: errorBody },
      },
    },
    async ({ query }) => ({
      renamed: (await findRenamed(deps.database, { project: query.project, package: query.package })) ?? null,
    }),
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
        querystring: archivedQuery,
        response: { 200: projectOverview, default: errorBody },
      },
    },
    async (request) => {
      const project = await getProject(deps.database, request.params.project);
      return describeProject(deps, project, readArchived(request.query));
    },
  );
  app.patch(
    "/api/v1/projects/:project",
    {
      config,
      schema: {
        summary: "Change a project: its name, whether it is archived, its limits, and what its executors must hold",
        params: z.object({ project: projectName }),
        body: changeProjectBody,
        response: { 200: projectInfo, default: errorBody },
      },
    },
    async (request) => {
      const { project } = request.params;
      const changed = await changeProject(deps, { project, requester: requesterOf(request) }, request.body);
      deps.kept.changed("projects");
      return info(changed);
    },
  );
}
