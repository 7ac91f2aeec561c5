import { errorBody, platformHealth, platformReady } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Audit } from "../../audit/audit.ts";
import type { Deps } from "../../deps.ts";
import { createReady } from "../../health/check-ready.ts";
import { createHealth } from "../../health/check-health.ts";
import { readVersion } from "../openapi.ts";

/** The health of the platform and of everything it depends on, checked now. */
export function healthRoute(
  app: FastifyInstance,
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring"> & { readonly audit: Audit },
): void {
  const look = createHealth(deps);
  const isReady = createReady(deps);
  const startedAt = new Date().toISOString();
  app.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/ready",
    {
      config: { access: "public" },
      schema: {
        summary: "Tell monitors whether PostgreSQL and NATS answer this platform: 200, or 503",
        response: { 200: platformReady, 503: platformReady, default: errorBody },
      },
    },
    async (_request, reply) => {
      const ready = await isReady();
      return reply.code(ready ? 200 : 503).send({ ready });
    },
  );
  app.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/platform/health",
    {
      config: { access: "admin" },
      schema: {
        summary: "Check the platform and everything it depends on, now",
        response: { 200: platformHealth, default: errorBody },
      },
    },
    async () => ({
      ...(await look()),
      platform: {
        version: await readVersion(),
        startedAt,
        memoryBytes: process.memoryUsage.rss(),
        node: process.version,
      },
    }),
  );
}
