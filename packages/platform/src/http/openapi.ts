import swagger from "@fastify/swagger";
import { readFile } from "node:fs/promises";
import { decode } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import { sessionCookieNames } from "./session-cookie.ts";

/** This program's version, from its package.json. */
export async function readVersion(): Promise<string> {
  const bytes = await readFile(new URL("../../package.json", import.meta.url));
  return decode(z.object({ version: z.string() }), bytes).version;
}

/** Describes every route registered after this call, from its schemas, at `/api/v1/openapi.json`. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "sealrun",
        version: await readVersion(),
        description: "Secrets go in sealed. No answer holds a value, sealed or not.",
      },
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer" },
          session: { type: "apiKey", in: "cookie", name: sessionCookieNames.https, description: "Over HTTPS" },
          sessionOverHttp: { type: "apiKey", in: "cookie", name: sessionCookieNames.http, description: "Over HTTP" },
        },
      },
      security: [{ token: [] }, { session: [] }, { sessionOverHttp: [] }],
    },
    transform: (given) => {
      const described = jsonSchemaTransform(given);
      if (given.route.config?.access === "admin") return described;
      return { ...described, schema: { ...described.schema, security: [] } };
    },
  });
  app.get("/api/v1/openapi.json", { config: { access: "public" }, schema: { summary: "This description" } }, async () =>
    app.swagger(),
  );
}
