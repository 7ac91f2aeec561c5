import { SealrunError, sessionHeader } from "@sealrun/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RequestOrigin } from "../access/cross-site.ts";
import { identify } from "../access/identify.ts";
import type { Session } from "../access/session-store.ts";
import type { Kept } from "../cache/kept.ts";
import type { Deps } from "../deps.ts";
import { readSessionCookie } from "./session-cookie.ts";
import type { CountWrongToken } from "./wrong-tokens.ts";

/** Who may call a route: all clients, all clients with their session if they have one, or an admin token or session. */
type Access = "public" | "optional" | "admin";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Every route must state it, or it is not registered. */
    readonly access?: Access;
  }
  interface FastifyRequest {
    /** Name of the requester; empty on a public route. */
    author: string;
    /** The session of the request; undefined with a token, and on a public route. */
    session: Session | undefined;
  }
}

/**
 * Denies by default: refuses to register a route without `config.access`, and refuses requests that the route's access
 * does not allow.
 */
export function denyByDefault(
  app: FastifyInstance,
  {
    database,
    kept,
    countWrongToken,
  }: Pick<Deps, "database"> & { readonly kept: Pick<Kept, "findToken">; readonly countWrongToken: CountWrongToken },
): void {
  app.decorateRequest("author", "");
  app.decorateRequest("session", undefined);
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
    const { authorization } = request.headers;
    const caller = await identify(
      { sql: database, findToken: kept.findToken },
      {
        ...originOf(request),
        authorization,
        cookie: readSessionCookie(request),
      },
    );
    if (caller.kind === "unknown") {
      if (request.routeOptions.config.access === "optional") return;
      await countWrongToken(request);
      throw new SealrunError("UNAUTHENTICATED", caller.sentence);
    }
    request.author = caller.author;
    request.session = caller.session;
  });
}

/** What the request says about the page that sent it. */
export function originOf({ method, headers, host }: FastifyRequest): RequestOrigin {
  return {
    method,
    host,
    origin: headers.origin,
    fetchSite: one(headers["sec-fetch-site"]),
    sessionHeader: one(headers[sessionHeader]),
  };
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return header === undefined || typeof header === "string" ? header : header.join(", ");
}
