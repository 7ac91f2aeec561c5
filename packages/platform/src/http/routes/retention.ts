import {
  errorBody,
  platformRetention,
  previewRetention,
  projectName,
  projectRetention,
  retentionPreview,
  setRetention,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { getProject } from "../../projects/store.ts";
import { countOlder } from "../../retention/limits-store.ts";
import {
  setPlatformRetention,
  setProjectRetention,
  showPlatformRetention,
  showProjectRetention,
} from "../../retention/set-retention.ts";
import { requesterOf } from "../requester.ts";

const config = { access: "admin" } as const;
const platformUrl = "/api/v1/platform/retention";
const projectUrl = "/api/v1/projects/:project/retention";
const params = z.object({ project: projectName });

/** How long finished executions and their logs are kept: the platform's limits, and those of projects. */
export function retentionRoutes(plain: FastifyInstance, { database }: Pick<Deps, "database">): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    platformUrl,
    {
      config,
      schema: {
        summary: "Show how long executions and logs are kept",
        response: { 200: platformRetention, default: errorBody },
      },
    },
    async () => showPlatformRetention(database),
  );
  app.put(
    platformUrl,
    {
      config,
      schema: {
        summary: "Set how long executions and logs are kept, in days; 0 keeps forever",
        body: setRetention,
        response: { 200: platformRetention, default: errorBody },
      },
    },
    async (request) => setPlatformRetention(database, requesterOf(request), request.body),
  );
  app.get(
    `${platformUrl}/preview`,
    {
      config,
      schema: {
        summary: "Count what limits of the platform would delete now",
        querystring: previewRetention,
        response: { 200: retentionPreview, default: errorBody },
      },
    },
    async (request) => countOlder(database, request.query, undefined),
  );
  projectRoutes(plain, database);
}

function projectRoutes(plain: FastifyInstance, database: Deps["database"]): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    projectUrl,
    {
      config,
      schema: {
        summary: "Show how long executions and logs of a project are kept",
        params,
        response: { 200: projectRetention, default: errorBody },
      },
    },
    async (request) => showProjectRetention(database, await getProject(database, request.params.project)),
  );
  app.put(
    projectUrl,
    {
      config,
      schema: {
        summary: "Give a project its own limits, in days; 0 keeps forever",
        params,
        body: setRetention,
        response: { 200: projectRetention, default: errorBody },
      },
    },
    async (request) => {
      const project = await getProject(database, request.params.project);
      return setProjectRetention(database, requesterOf(request), { project, limits: request.body });
    },
  );
  app.delete(
    projectUrl,
    {
      config,
      schema: {
        summary: "Take a project's own limits away: the platform's apply",
        params,
        response: { 200: projectRetention, default: errorBody },
      },
    },
    async (request) => {
      const project = await getProject(database, request.params.project);
      return setProjectRetention(database, requesterOf(request), { project, limits: undefined });
    },
  );
  app.get(
    `${projectUrl}/preview`,
    {
      config,
      schema: {
        summary: "Count what limits of a project would delete now",
        params,
        querystring: previewRetention,
        response: { 200: retentionPreview, default: errorBody },
      },
    },
    async (request) => countOlder(database, request.query, (await getProject(database, request.params.project)).id),
  );
}
