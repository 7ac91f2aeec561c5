import { errorBody, holdState, resumeAnswer } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../deps.ts";
import { holdPlatform, resumePlatform, showHold } from "../../hold/hold.ts";
import { findHold } from "../../hold/store.ts";
import { requesterOf } from "../requester.ts";

const config = { access: "admin" } as const;

/** Hold the platform, so that nothing new starts, and end the hold. */
export function holdRoutes(plain: FastifyInstance, { database }: Pick<Deps, "database">): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/api/v1/platform/hold",
    {
      config,
      schema: { summary: "Show whether the platform is held", response: { 200: holdState, default: errorBody } },
    },
    async () => showHold(await findHold(database)),
  );
  app.post(
    "/api/v1/platform/hold",
    {
      config,
      schema: {
        summary: "Hold the platform: running executions continue, no new ones start",
        response: { 200: holdState, default: errorBody },
      },
    },
    async (request) => holdPlatform(database, requesterOf(request)),
  );
  app.post(
    "/api/v1/platform/resume",
    {
      config,
      schema: { summary: "End the hold of the platform", response: { 200: resumeAnswer, default: errorBody } },
    },
    async (request) => resumePlatform(database, requesterOf(request)),
  );
}
