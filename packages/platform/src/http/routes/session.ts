import {
  errorBody,
  openSession as openSessionBody,
  SealrunError,
  sessionAnswer,
  sessionInfo,
  whoamiAnswer,
} from "@sealrun/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { refuseOtherSite } from "../../access/cross-site.ts";
import { closeSession, openSession, recordRefusedSignIn } from "../../access/session.ts";
import type { Session } from "../../access/session-store.ts";
import type { Deps } from "../../deps.ts";
import { originOf } from "../access.ts";
import { clearSessionCookie, readSessionCookie, setSessionCookie } from "../session-cookie.ts";
import type { CountWrongToken } from "../wrong-tokens.ts";

/** The address at which sessions begin and end. */
export const sessionUrl = "/api/v1/session";

/** Sessions of the web UI: sign in with a token, who am I, sign out; and who am I for programs. */
export function sessionRoutes(
  plain: FastifyInstance,
  deps: Pick<Deps, "database" | "log"> & { readonly countWrongToken: CountWrongToken },
): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.post(
    sessionUrl,
    {
      config: { access: "public" },
      bodyLimit: 4_096,
      schema: {
        summary: "Sign in with a token; the answer sets a session cookie",
        body: openSessionBody,
        response: { 200: sessionInfo, default: errorBody },
      },
    },
    async (request, reply) => {
      refuseOtherSite(originOf(request));
      const signIn = { token: request.body.token, earlier: readSessionCookie(request) };
      const opened = await openSession(deps, signIn, request.id);
      if (opened === undefined) {
        // Count first: the rate limit also limits how fast guesses fill the audit.
        await deps.countWrongToken(request);
        await recordRefusedSignIn(deps, request.ip, request.id);
        throw new SealrunError("UNAUTHENTICATED", "This token is not valid here; check that you copied all of it");
      }
      setSessionCookie(request, reply, opened.cookie);
      return describe(opened.session);
    },
  );
  app.get(
    sessionUrl,
    {
      config: { access: "optional" },
      schema: {
        summary: "Show the session of this browser, or null",
        response: { 200: sessionAnswer, default: errorBody },
      },
    },
    async ({ session }) => ({ session: session === undefined ? null : describe(session) }),
  );
  app.get(
    "/api/v1/whoami",
    {
      config: { access: "admin" },
      schema: {
        summary: "Show whose token or session came with the request",
        response: { 200: whoamiAnswer, default: errorBody },
      },
    },
    async ({ author }) => ({ author }),
  );
  app.delete(
    sessionUrl,
    {
      config: { access: "admin" },
      schema: { summary: "Sign out", response: { 204: z.null(), default: errorBody } },
    },
    async (request, reply) => {
      await closeSession(deps, sessionOf(request), request.id);
      clearSessionCookie(request, reply);
      return reply.code(204).send(null);
    },
  );
}

/** The session of a request; a request with a token has none to end. */
function sessionOf({ session }: FastifyRequest): Session {
  if (session !== undefined) return session;
  throw new SealrunError("UNAUTHENTICATED", "No session came with the request; sign in first");
}

function describe({ author, expiresAt }: Session): { readonly author: string; readonly expiresAt: string } {
  return { author, expiresAt };
}
