import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import { newId } from "@sealrun/crypto";
import { limits } from "@sealrun/protocol";
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import type { Audit } from "../audit/audit.ts";
import type { ChangeNotices } from "../live/change-notices.ts";
import type { Kept } from "../cache/kept.ts";
import type { Deps } from "../deps.ts";
import type { FeedNotices } from "../live/feed-notices.ts";
import type { EarlyLines } from "../live/first-line.ts";
import { denyByDefault } from "./access.ts";
import { refuseOtherHosts } from "./allowed-hosts.ts";
import { refuseWhileClockIsWrong } from "./clock-gate.ts";
import { compressLists } from "./compress-lists.ts";
import { answerErrors, answerUnreadable } from "./error-response.ts";
import { createEventStreams } from "./streams/event-streams.ts";
import { describeApi } from "./openapi.ts";
import { parseRequests } from "./parse-request.ts";
import { sendSecurityHeaders } from "./security-headers.ts";
import { warnOfUntrustedProxy } from "./untrusted-proxy.ts";
import { endSilentConnections } from "./silent-connections.ts";
import { serveWeb } from "./web.ts";
import { countWrongTokens } from "./wrong-tokens.ts";
import { eventRoutes } from "./routes/events.ts";
import { auditRoutes } from "./routes/audit.ts";
import { changeRoutes } from "./routes/changes.ts";
import { executionRoutes } from "./routes/executions.ts";
import { executorRoutes } from "./routes/executors.ts";
import { holdRoutes } from "./routes/hold.ts";
import { packageRoutes } from "./routes/packages.ts";
import { platformRoutes } from "./routes/platform.ts";
import { projectRoutes } from "./routes/projects.ts";
import { retentionRoutes } from "./routes/retention.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { sessionRoutes } from "./routes/session.ts";
import { settleRoutes } from "./routes/settle.ts";
import { versionRoutes } from "./routes/versions.ts";

/** Settings of the server. */
export interface ServerOptions {
  /** Folder of the built web UI. */
  readonly webFolder?: string | undefined;
  /** Proxies whose `X-Forwarded-…` headers are trusted. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Names for which it answers besides IP addresses and localhost. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** The HTTP server, ready to listen. Routes are registered after the hooks that guard them. */
export async function buildServer(
  deps: Deps & {
    readonly notices: FeedNotices;
    readonly lines: EarlyLines;
    readonly changes: ChangeNotices;
    readonly audit: Audit;
    readonly kept: Kept;
  },
  options: ServerOptions = {},
): Promise<FastifyInstance> {
  // The multipart plugin logs a request's headers, with the token, at level trace.
  const loggerInstance: FastifyBaseLogger = deps.log.child(
    {},
    { redact: { paths: ["*.headers", "headers"], remove: true } },
  );
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    genReqId: () => newId("request"),
    bodyLimit: 1_048_576,
    requestTimeout: 300_000,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: answerUnreadable,
    ...(options.trustedProxies === undefined ? {} : { trustProxy: [...options.trustedProxies] }),
  });
  endSilentConnections(app);
  await sendSecurityHeaders(app);
  refuseOtherHosts(app, options.allowedHosts ?? []);
  warnOfUntrustedProxy(app);
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await app.register(multipart, {
    preservePath: true,
    // A little higher than our own limits, so that ours fail first and name the file.
    limits: {
      fileSize: limits.packageBytes + 1,
      files: limits.packageFiles + 3,
      fields: 1,
      fieldSize: limits.pushDocumentBytes,
      parts: limits.packageFiles + 4,
    },
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, id, routeOptions, author } = request;
    request.log.info(
      {
        requestId: id,
        method,
        route: routeOptions.url,
        author,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      "Answered",
    );
  });
  answerErrors(app);
  compressLists(app);
  parseRequests(app);
  app.setSerializerCompiler(serializerCompiler);
  const countWrongToken = countWrongTokens(app);
  denyByDefault(app, { ...deps, countWrongToken });
  refuseWhileClockIsWrong(app, deps);
  await describeApi(app);
  sessionRoutes(app, { ...deps, countWrongToken });
  for (const routes of [platformRoutes, projectRoutes, packageRoutes, versionRoutes, secretRoutes]) routes(app, deps);
  executorRoutes(app, deps);
  const streams = createEventStreams(app, deps);
  executionRoutes(app, { ...deps, streams });
  changeRoutes(app, { changes: deps.changes, streams });
  auditRoutes(app, deps);
  scheduleRoutes(app, deps);
  eventRoutes(app, deps);
  holdRoutes(app, deps);
  retentionRoutes(app, deps);
  settleRoutes(app, deps);
  await serveWeb(app, options.webFolder);
  return app;
}
