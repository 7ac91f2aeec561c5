import { fields, errorBody, executionStatistics } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../deps.ts";
import { executionQuery } from "../../overview/execution-filter.ts";
import { cutTime, fillSpans } from "../../overview/statistics.ts";
import { countExecutions } from "../../overview/statistics-store.ts";

const defaultSpanMs = 24 * 3_600_000;

/** The number of executions, how they ended and how long they took, over time. */
export function statisticsRoute(app: FastifyInstance, { database }: Pick<Deps, "database">): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/executions/statistics",
    {
      config: { access: "admin", compress: true },
      schema: {
        summary: "Count executions and how long they took, over time",
        querystring: fields({ ...executionQuery.shape, buckets: z.coerce.number().int().min(1).max(200).default(48) }),
        response: { 200: executionStatistics, default: errorBody },
      },
    },
    async (request) => {
      const { buckets, since, until, ...filter } = request.query;
      const untilMs = until === undefined ? Date.now() : Date.parse(until);
      const spans = cutTime(since === undefined ? untilMs - defaultSpanMs : Date.parse(since), untilMs, buckets);
      const within = { since: new Date(spans.sinceMs).toISOString(), until: new Date(spans.untilMs).toISOString() };
      return fillSpans(spans, await countExecutions(database, { ...filter, ...within }, spans.bucketMs));
    },
  );
}
