import type { RateLimitPluginOptions } from "@fastify/rate-limit";
import { SealrunError } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import { checkToken } from "../access/check-token.ts";
import type { Deps } from "../deps.ts";

/** Who may call a route: anybody, or the holder of an admin token. */
type Access = "public" | "admin";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Every route states it; one that does not is never registered. */
    readonly access?: Access;
  }
  interface FastifyRequest {
    /** Whose token came with the request; empty on a public route. */
    author: string;
  }
}

/** Wrong tokens from one address in a minute: a person's mistakes pass, guessing does not. A right token always passes. */
const wrongTokens: RateLimitPluginOptions = { max: 300, timeWindow: 60_000 };

/** Denies by default: refuses to register a route without `config.access`, and every request that its route's access does not allow. */
export function denyByDefault(app: FastifyInstance, deps: Pick<Deps, "database">): void {
  const countWrongToken = app.createRateLimit(wrongTokens);
  app.decorateRequest("author", "");
  app.addHook("onRoute", (route) => {
    if (route.config?.access === undefined) {
      throw new SealrunError(
        "INTERNAL",
        `The route ${String(route.method)} ${route.url} does not state who may call it`,
      );
    }
  });
  app.addHook("onRequest", async (request) => {
    if (request.is404 || request.routeOptions.config.access === "public") return;
    const author = await checkToken(deps.database, request.headers.authorization);
    if (author === undefined) {
      const count = await countWrongToken(request);
      if (!count.isAllowed && count.isExceeded) {
        throw new SealrunError("RATE_LIMITED", "Too many requests without a valid token; wait a minute");
      }
      throw new SealrunError("UNAUTHENTICATED", "Send a valid token in the header Authorization: Bearer …");
    }
    request.author = author;
  });
}
