import {
  errorBody,
  fields,
  limits,
  projectName,
  putSecrets,
  putSecretsAnswer,
  secretKey,
  secretExplanation,
  secretHistory,
  type SecretInfo,
  secretList,
  secretName,
  secretOverrides,
  secretUses,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { getProject } from "../../projects/store.ts";
import { putSecrets as put, removeSecret } from "../../secrets/change-secrets.ts";
import { explainSecret } from "../../secrets/explain-secret.ts";
import { getHistory } from "../../secrets/get-history.ts";
import { listUses } from "../../secrets/list-uses.ts";
import { listOverrides } from "../../secrets/overrides-store.ts";
import { fetchScopeKey, type Place } from "../../secrets/scope-key.ts";
import { type ListedSecret, listSecrets } from "../../secrets/store.ts";
import { findAddressed, packageParams, packageUrl } from "./package-address.ts";
import { archivedQuery, readArchived } from "../request-fields.ts";
import { requesterOf } from "../requester.ts";

type SecretRouteDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId" | "storageKey">;

/** The secrets of the three scopes: one collection each, with the same verbs. */
export function secretRoutes(app: FastifyInstance, deps: SecretRouteDeps): void {
  collection(app, deps, "/api/v1/platform/secrets", {
    params: z.object({}),
    find: async () => ({ scope: "platform", ownerId: deps.platformId }),
  });
  collection(app, deps, "/api/v1/projects/:project/secrets", {
    params: z.object({ project: projectName }),
    find: async ({ project }) => ({ scope: "project", ownerId: (await getProject(deps.database, project)).id }),
  });
  collection(app, deps, `${packageUrl}/secrets`, {
    params: packageParams,
    find: async (params) => {
      const found = await findAddressed(deps.database, params);
      return { scope: "service", ownerId: found.package.id, projectId: found.project.id };
    },
  });
  explainRoute(app, deps);
  overridesRoute(app, deps);
}

function overridesRoute(plain: FastifyInstance, { database }: SecretRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/api/v1/projects/:project/secrets/overrides",
    {
      config: { access: "admin", compress: true },
      schema: {
        summary: "List the secrets of a project that packages override, and the packages",
        params: z.object({ project: projectName }),
        querystring: archivedQuery,
        response: { 200: secretOverrides, default: errorBody },
      },
    },
    async (request) => {
      const { id } = await getProject(database, request.params.project);
      return { overrides: [...(await listOverrides(database, id, readArchived(request.query)))] };
    },
  );
}

function explainRoute(plain: FastifyInstance, deps: SecretRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    `${packageUrl}/secrets/:name/explain`,
    {
      config: { access: "admin" },
      schema: {
        summary: "Explain which scope answers a name in a package, never a value",
        params: packageParams.extend({ name: secretName }),
        response: { 200: secretExplanation, default: errorBody },
      },
    },
    async (request) => explainSecret(deps, await findAddressed(deps.database, request.params), request.params.name),
  );
}

/** The routes of one collection; `find` turns an address into the place of its secrets. */
function collection<Params extends z.ZodObject>(
  plain: FastifyInstance,
  deps: SecretRouteDeps,
  url: string,
  address: { readonly params: Params; readonly find: (params: z.infer<Params>) => Promise<Place> },
): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: "admin" } as const;
  const { params } = address;
  // The route has checked them already; parsing again restores their type, which a generic route loses.
  const find = async (given: unknown): Promise<Place> => address.find(params.parse(given));
  app.get(
    url,
    {
      config: { access: "admin", compress: true },
      schema: { summary: "List secrets, never values", params, response: { 200: secretList, default: errorBody } },
    },
    async (request) => ({ secrets: (await listSecrets(deps.database, await find(request.params))).map(info) }),
  );
  app.get(
    `${url}/key`,
    {
      config,
      schema: { summary: "Show the public key to seal with", params, response: { 200: secretKey, default: errorBody } },
    },
    async (request) => ({ key: (await fetchScopeKey(deps, await find(request.params))).statement }),
  );
  app.put(
    url,
    {
      config,
      bodyLimit: limits.putSecretsBytes,
      schema: {
        summary: "Set secrets, all or none",
        params,
        body: putSecrets,
        response: { 200: putSecretsAnswer, default: errorBody },
      },
    },
    async (request) => {
      const requester = requesterOf(request);
      const stored = await put(deps, requester, await find(request.params), request.body);
      return { secrets: stored.map(info) };
    },
  );
  app.get(
    `${url}/:name/history`,
    {
      config,
      schema: {
        summary: "List the versions of a secret, never values",
        params: params.extend({ name: secretName }),
        response: { 200: secretHistory, default: errorBody },
      },
    },
    async (request) => {
      const { name } = nameParams.parse(request.params);
      return getHistory(deps.database, await find(request.params), name);
    },
  );
  app.get(
    `${url}/:name/uses`,
    {
      config,
      schema: {
        summary: "List the packages that use a secret",
        params: params.extend({ name: secretName }),
        response: { 200: secretUses, default: errorBody },
      },
    },
    async (request) => {
      const { name } = nameParams.parse(request.params);
      return listUses(deps.database, await find(request.params), name);
    },
  );
  app.delete(
    `${url}/:name`,
    {
      config,
      schema: {
        summary: "Remove a secret; one that packages use only with ?force=true",
        params: params.extend({ name: secretName }),
        querystring: forceQuery,
        response: { 200: putSecretsAnswer, default: errorBody },
      },
    },
    async (request) => {
      const requester = requesterOf(request);
      const { name } = nameParams.parse(request.params);
      const isForced = forceQuery.parse(request.query).force === "true";
      const place = await find(request.params);
      return { secrets: [info(await removeSecret(deps, requester, place, { name, isForced }))] };
    },
  );
}

const nameParams = z.object({ name: secretName });
const forceQuery = fields({ force: z.enum(["true", "false"]).default("false") });

function info({ name, scope, version, author, source, updatedAt, lastRead }: ListedSecret): SecretInfo {
  return { name, scope, version, author, source, updatedAt: updatedAt.toISOString(), lastRead };
}
