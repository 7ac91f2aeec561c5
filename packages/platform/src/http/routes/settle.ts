import { fields, errorBody, openExecutions, settledExecutions, settleExecutions, zonedTime } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../deps.ts";
import { listSettled, settleOpen } from "../../executions/settle.ts";
import { requesterOf } from "../requester.ts";

const config = { access: "admin" } as const;

/** After a restore: count and end the executions that were open when the backup was made. */
export function settleRoutes(plain: FastifyInstance, deps: Pick<Deps, "database" | "log">): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/api/v1/executions/open",
    {
      config,
      schema: {
        summary: "Count the executions that settling would end, by package and status",
        querystring: fields({ before: zonedTime }),
        response: { 200: openExecutions, default: errorBody },
      },
    },
    async (request) => listSettled(deps, request.query.before),
  );
  app.post(
    "/api/v1/executions/settle",
    {
      config,
      schema: {
        summary: "End as lost the executions that were open when a backup was made; up to 500",
        body: settleExecutions,
        response: { 200: settledExecutions, default: errorBody },
      },
    },
    async (request) => settleOpen(deps, requesterOf(request), request.body),
  );
}
