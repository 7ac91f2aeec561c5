import {
  fields,
  cancelledExecution,
  errorBody,
  executionId,
  executionInfo,
  executionList,
  executionReceipt,
  isFinal,
  limits,
  logLine,
  logPage,
  runAgain,
  startedExecution,
  startExecution,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Kept } from "../../cache/kept.ts";
import type { Deps } from "../../deps.ts";
import { cancelExecution } from "../../executions/cancel.ts";
import { describeExecution } from "../../overview/describe-execution.ts";
import { executionQuery } from "../../overview/execution-filter.ts";
import { readFeed } from "../../feed/feed-read-store.ts";
import { listConnections, listExecutions, listReceipt } from "../../overview/execution-list-store.ts";
import { findProgress } from "../../executions/progress-store.ts";
import { describeGap } from "../../executions/describe-gap.ts";
import type { FeedNotices } from "../../live/feed-notices.ts";
import type { EarlyLines } from "../../live/first-line.ts";
import { streamEvents } from "../../live/stream-execution.ts";
import { runAgain as again } from "../../start/run-again.ts";
import { startExecution as start } from "../../start/start-execution.ts";
import { addWaitingReasons } from "../../overview/add-waiting-reasons.ts";
import { statisticsRoute } from "./statistics.ts";
import type { EventStreams } from "../streams/event-streams.ts";
import { capStreams } from "../streams/stream-cap.ts";
import { packageParams, packageUrl } from "./package-address.ts";
import { requesterOf } from "../requester.ts";
import { startHeaders } from "../request-fields.ts";

type ExecutionRouteDeps = Deps & {
  readonly notices: FeedNotices;
  readonly lines: EarlyLines;
  readonly streams: EventStreams;
  readonly kept: Kept;
};

const params = z.object({ execution: executionId });
const cursor = z.string().regex(/^\d{1,18}$/, "expected a cursor of this API");
const config = { access: "admin" } as const;

/** Executions: start, list, show, read lines, follow. */
export function executionRoutes(plain: FastifyInstance, deps: ExecutionRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.post(
    `${packageUrl}/executions`,
    {
      config,
      schema: {
        summary: "Start an execution of the newest version, or of another one",
        params: packageParams,
        headers: startHeaders,
        body: startExecution.nullish(),
        response: { 202: startedExecution, default: errorBody },
      },
    },
    async (request, reply) => {
      const project = await deps.kept.getProject(request.params.project);
      const found = await deps.kept.getPackage(project, request.params.package);
      const requester = requesterOf(request);
      const target = {
        project,
        package: found,
        requester,
        idempotencyKey: request.headers["idempotency-key"],
        callersTrace: request.headers.traceparent,
      };
      const id = await start(deps, target, request.body ?? {});
      return reply.code(202).send({ id, status: "queued" });
    },
  );
  app.post(
    "/api/v1/executions/:execution/again",
    {
      config,
      schema: {
        summary: "Start the package of an execution again with the same parameters",
        params,
        headers: startHeaders,
        body: runAgain.nullish(),
        response: { 202: startedExecution, default: errorBody },
      },
    },
    async (request, reply) => {
      const requester = requesterOf(request);
      const target = {
        ...request.params,
        requester,
        idempotencyKey: request.headers["idempotency-key"],
        callersTrace: request.headers.traceparent,
      };
      const id = await again(deps, target, request.body ?? {});
      return reply.code(202).send({ id, status: "queued" });
    },
  );
  app.get(
    "/api/v1/executions/:execution",
    {
      config,
      schema: { summary: "Show an execution", params, response: { 200: executionInfo, default: errorBody } },
    },
    async (request) => describeExecution(deps.database, request.params.execution),
  );
  app.get(
    "/api/v1/executions/:execution/receipt",
    {
      config,
      schema: {
        summary: "List the secrets that an execution read, missed or was refused; never values",
        params,
        response: { 200: executionReceipt, default: errorBody },
      },
    },
    async (request) => {
      const id = request.params.execution;
      const progress = await findProgress(deps.database, id);
      const receipt = [...(await listReceipt(deps.database, id))];
      const connections = [...(await listConnections(deps.database, id))];
      const complete = isFinal(progress.status) && progress.isComplete;
      return { id, receipt, connections, complete, gap: describeGap(progress) ?? null };
    },
  );
  app.post(
    "/api/v1/executions/:execution/cancel",
    {
      config,
      schema: {
        summary: "Cancel an execution: at once while it is queued, soon while it runs",
        params,
        response: { 202: cancelledExecution, default: errorBody },
      },
    },
    async (request, reply) => {
      const { execution } = request.params;
      const requester = requesterOf(request);
      const status = await cancelExecution(deps, execution, requester);
      return reply.code(202).send({ id: execution, status });
    },
  );
  listRoutes(plain, deps);
  statisticsRoute(plain, deps);
  followRoute(plain, deps);
}

function listRoutes(plain: FastifyInstance, deps: ExecutionRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get(
    "/api/v1/executions",
    {
      config: { access: "admin", compress: true },
      schema: {
        summary: "List executions, newest first",
        querystring: fields({
          ...executionQuery.shape,
          limit: z.coerce.number().int().min(1).max(500).default(50),
          before: cursor.optional(),
        }),
        response: { 200: executionList, default: errorBody },
      },
    },
    async (request) => {
      const { limit, before, ...filter } = request.query;
      const rows = await listExecutions(deps.database, filter, { before, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const next = rows.length > limit ? (shown.at(-1)?.number ?? null) : null;
      return { executions: await addWaitingReasons(deps.database, shown), next };
    },
  );
  app.get(
    "/api/v1/executions/:execution/logs",
    {
      config,
      schema: {
        summary: "Read lines of output",
        params,
        querystring: fields({
          after: cursor.default("0"),
          limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
        }),
        response: { 200: logPage, default: errorBody },
      },
    },
    async (request) => {
      const { after, limit } = request.query;
      const { logDeleted } = await findProgress(deps.database, request.params.execution);
      if (logDeleted !== null) return { lines: [], next: null, logDeleted };
      const rows = await readFeed(deps.database, request.params.execution, { after, limit: limit + 1, kind: "log" });
      const lines = rows
        .slice(0, limit)
        .map(({ cursor: at, stream, body }) => logLine.parse({ ...body, cursor: at, stream }));
      return { lines, next: rows.length > limit ? (lines.at(-1)?.cursor ?? null) : null, logDeleted };
    },
  );
}

function followRoute(plain: FastifyInstance, deps: ExecutionRouteDeps): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const count = capStreams({
    perOwner: limits.executionStreamsPerSession,
    all: limits.executionStreams,
    sentence: "Too many executions are followed at once; end some, or read their logs instead",
  });
  app.get(
    "/api/v1/executions/:execution/events",
    {
      config,
      schema: {
        summary: "Follow an execution as server-sent events; resumes after Last-Event-ID",
        params,
        headers: z.looseObject({ "last-event-id": cursor.optional() }),
        produces: ["text/event-stream"],
      },
    },
    async (request, reply) => {
      const { execution } = request.params;
      await findProgress(deps.database, execution);
      const after = request.headers["last-event-id"] ?? "0";
      count(request, reply);
      return deps.streams.send(request, reply, (signal) =>
        streamEvents({ ...deps, sql: deps.database, signal }, execution, after),
      );
    },
  );
}
