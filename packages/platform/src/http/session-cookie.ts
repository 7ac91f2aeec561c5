import { limits } from "@sealrun/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The cookie that holds a session's text. */
export const sessionCookieName = "sealrun_session";

/** Scripts cannot read it, other sites cannot send it, and only the API gets it. */
const attributes = { path: "/api", httpOnly: true, sameSite: "strict" } as const;

/** The text of the session's cookie, or undefined. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[sessionCookieName];
}

/** Gives the browser its session. `Secure` when the request came by HTTPS: a browser drops it otherwise. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, text: string): void {
  const secure = request.protocol === "https";
  void reply.setCookie(sessionCookieName, text, { ...attributes, secure, maxAge: limits.sessionLifetimeMs / 1_000 });
}

/** Takes the session from the browser. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(sessionCookieName, { ...attributes, secure: request.protocol === "https" });
}
