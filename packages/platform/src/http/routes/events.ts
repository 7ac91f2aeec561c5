import { errorBody, projectName, sendEvent, sentEvent } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { sendEvent as send } from "../../events/send-event.ts";
import { getProject } from "../../projects/store.ts";
import { requesterOf } from "../requester.ts";

/** Events: send. */
export function eventRoutes(plain: FastifyInstance, deps: Deps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    "/api/v1/projects/:project/events",
    {
      config: { access: "admin" },
      schema: {
        summary: "Send an event: it starts the packages that wait for its type",
        params: z.object({ project: projectName }),
        headers: z.looseObject({ traceparent: z.string().optional() }),
        body: sendEvent,
        response: { 202: sentEvent, default: errorBody },
      },
    },
    async (request, reply) => {
      const project = await getProject(deps.database, request.params.project);
      const requester = requesterOf(request);
      return reply
        .code(202)
        .send(await send(deps, { project, requester, callersTrace: request.headers.traceparent }, request.body));
    },
  );
}
