import {
  fields,
  zonedTime,
  acceptedBreak,
  auditActors,
  auditList,
  auditVerification,
  continueAudit,
  errorBody,
  projectName,
} from "@sealrun/protocol";
import type { Sql } from "@sealrun/postgres";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Audit } from "../../audit/audit.ts";
import { listActors } from "../../audit/actors-store.ts";
import { listAudit } from "../../audit/list-store.ts";
import type { Deps } from "../../deps.ts";
import { getProject } from "../../projects/store.ts";
import { findAddressed, packageParams } from "./package-address.ts";
import { requesterOf } from "../requester.ts";

const config = { access: "admin" } as const;
const text = z.string().max(257);

/** The audit: list its rows, check its chain, accept a break. */
export function auditRoutes(
  plain: FastifyInstance,
  { database, audit }: Pick<Deps, "database"> & { readonly audit: Audit },
): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/api/v1/audit",
    {
      config,
      schema: {
        summary: "List rows of the audit, newest first",
        querystring: fields({
          project: projectName.optional(),
          action: text.optional(),
          object: text.optional(),
          actor: text.optional(),
          since: zonedTime.optional(),
          before: z
            .string()
            .regex(/^\d{1,18}$/, "expected a cursor of this API")
            .optional(),
          limit: z.coerce.number().int().min(1).max(1_000).default(100),
        }),
        response: { 200: auditList, default: errorBody },
      },
    },
    async (request) => {
      const { project, object, limit, ...filter } = request.query;
      const projectId = project === undefined ? undefined : (await getProject(database, project)).id;
      const objectId = object === undefined ? undefined : await findObject(database, object);
      const rows = await listAudit(database, { ...filter, object: objectId, projectId, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null };
    },
  );
  app.get(
    "/api/v1/audit/actors",
    {
      config,
      schema: {
        summary: "Find actors by a part of their name, among the newest 10,000 rows and all executors",
        querystring: fields({
          text: text.default(""),
          limit: z.coerce.number().int().min(1).max(50).default(10),
        }),
        response: { 200: auditActors, default: errorBody },
      },
    },
    async (request) => ({ actors: [...(await listActors(database, request.query))] }),
  );
  app.get(
    "/api/v1/audit/verification",
    {
      config,
      schema: {
        summary: "Check the audit's chain, from where the last check ended, or all of it",
        querystring: fields({ full: z.enum(["true", "false"]).default("false") }),
        response: { 200: auditVerification, default: errorBody },
      },
    },
    async (request) => audit.verify({ isFull: request.query.full === "true" }),
  );
  app.post(
    "/api/v1/audit/continuation",
    {
      config,
      schema: {
        summary: "Accept that times go back after one link of the audit's chain, with a reason",
        body: continueAudit,
        response: { 201: acceptedBreak, default: errorBody },
      },
    },
    async (request, reply) => {
      const accepted = await audit.continueAfter(request.body, requesterOf(request));
      return reply.code(201).send(accepted);
    },
  );
}

/** The id of an object given by its id, or of a package as `project/package`, which no id looks like. */
async function findObject(sql: Sql, text: string): Promise<string> {
  const [project, name, ...rest] = text.split("/");
  if (name === undefined || rest.length > 0) return text;
  const named = packageParams.safeParse({ project, package: name });
  return named.success ? (await findAddressed(sql, named.data)).package.id : text;
}
