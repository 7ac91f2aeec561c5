import {
  changedSchedule,
  changeSchedule,
  fields,
  deletedSchedule,
  errorBody,
  scheduleDetail,
  scheduleId,
  scheduleList,
  startedExecution,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { endSchedule } from "../../schedules/end-schedule.ts";
import { listSchedules } from "../../schedules/list-store.ts";
import { pauseSchedule } from "../../lifecycle/pause-schedule.ts";
import { runNow } from "../../schedules/run-now.ts";
import { findShown, showSchedule } from "../../schedules/show-schedule.ts";
import { requesterOf } from "../requester.ts";
import { startHeaders } from "../request-fields.ts";

const config = { access: "admin" } as const;
const maxListed = 1_000;
const url = "/api/v1/schedules/:schedule";
const params = z.object({ schedule: scheduleId });

type ScheduleRouteDeps = Pick<Deps, "database" | "tracer">;

/** Schedules: list, show, pause, run now, delete. */
export function scheduleRoutes(plain: FastifyInstance, deps: ScheduleRouteDeps): void {
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
  app.get(
    url,
    {
      config,
      schema: {
        summary: "Show a schedule and its next five due times",
        params,
        response: { 200: scheduleDetail, default: errorBody },
      },
    },
    async (request) => showSchedule(deps.database, request.params.schedule),
  );
  changeRoutes(plain, deps);
  app.delete(
    url,
    {
      config,
      schema: {
        summary: "End a schedule that a script made",
        params,
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

function changeRoutes(plain: FastifyInstance, deps: ScheduleRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.patch(
    url,
    {
      config,
      schema: {
        summary: "Pause or resume a schedule; due times during a pause are not run later",
        params,
        body: changeSchedule,
        response: { 200: changedSchedule, default: errorBody },
      },
    },
    async (request) => {
      const { schedule: id } = request.params;
      await pauseSchedule(deps.database, requesterOf(request), { id, isPaused: request.body.paused });
      return { schedule: (await findShown(deps.database, id)) ?? null };
    },
  );
  app.post(
    `${url}/run`,
    {
      config,
      schema: {
        summary: "Start the package of a schedule now, with the parameters of the schedule",
        params,
        headers: startHeaders,
        response: { 202: startedExecution, default: errorBody },
      },
    },
    async (request, reply) => {
      const target = {
        ...request.params,
        requester: requesterOf(request),
        idempotencyKey: request.headers["idempotency-key"],
        callersTrace: request.headers.traceparent,
      };
      return reply.code(202).send({ id: await runNow(deps, target), status: "queued" });
    },
  );
}
