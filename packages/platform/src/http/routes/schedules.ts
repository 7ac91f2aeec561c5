import { fields, deletedSchedule, errorBody, scheduleId, scheduleList } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { endSchedule } from "../../schedules/end-schedule.ts";
import { listSchedules } from "../../schedules/list-store.ts";
import { requesterOf } from "../requester.ts";

const config = { access: "admin" } as const;
const maxListed = 1_000;

/** Schedules: list, delete. */
export function scheduleRoutes(plain: FastifyInstance, deps: Pick<Deps, "database">): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/api/v1/schedules",
    {
      config: { access: "admin", compress: true },
      schema: {
        summary: "List schedules, the next due first",
        querystring: fields({ project: z.string().optional(), package: z.string().optional() }),
        response: { 200: scheduleList, default: errorBody },
      },
    },
    async (request) => ({
      schedules: [...(await listSchedules(deps.database, { ...request.query, limit: maxListed }))],
    }),
  );
  app.delete(
    "/api/v1/schedules/:schedule",
    {
      config,
      schema: {
        summary: "End a schedule that a script made",
        params: z.object({ schedule: scheduleId }),
        response: { 200: deletedSchedule, default: errorBody },
      },
    },
    async (request) => {
      const { schedule } = request.params;
      await endSchedule(deps.database, requesterOf(request), schedule);
      return { id: schedule };
    },
  );
}
