import { fingerprint, toBase64 } from "@sealrun/crypto";
import { errorBody, platformInfo } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Audit } from "../../audit/audit.ts";
import type { Deps } from "../../deps.ts";
import { healthRoute } from "./health.ts";
import { readVersion } from "../openapi.ts";

type PlatformRouteDeps = Pick<Deps, "platformId" | "database" | "link" | "identity" | "keyring"> & {
  readonly audit: Audit;
};

/**
 * The platform's identity and health. The identity is public: a client checks the fingerprint before it sends its
 * token.
 */
export function platformRoutes(app: FastifyInstance, deps: PlatformRouteDeps): void {
  healthRoute(app, deps);
  app.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/platform",
    {
      config: { access: "public" },
      schema: { summary: "Show the identity of this platform", response: { 200: platformInfo, default: errorBody } },
    },
    async () => ({
      id: deps.platformId,
      version: await readVersion(),
      keyring: {
        signPublic: toBase64(deps.keyring.signPublic),
        fingerprint: fingerprint(deps.keyring.signPublic),
      },
    }),
  );
}
