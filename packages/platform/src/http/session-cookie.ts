import { limits } from "@sealrun/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * The cookie that holds a session's text. A browser takes the name of `https` from an answer over HTTPS of this very
 * host alone: no other host under the same domain, and nobody on the way over plain HTTP, can plant a session.
 */
export const sessionCookieNames = { http: "sealrun_session", https: "__Host-sealrun_session" } as const;

/** Scripts cannot read it and other sites cannot send it. `__Host-` asks for the path of everything. */
const attributes = { path: "/", httpOnly: true, sameSite: "strict" } as const;

/** The text of the session's cookie, or undefined. Only the name that fits how the request came is read. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[nameFor(request)];
}

/** Gives the browser its session. `Secure` when the request came by HTTPS: a browser drops it otherwise. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, text: string): void {
  const given = { ...attributes, secure: isSecure(request), maxAge: limits.sessionLifetimeMs / 1_000 };
  void reply.setCookie(nameFor(request), text, given);
}

/** Takes the session from the browser. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(nameFor(request), { ...attributes, secure: isSecure(request) });
}

function nameFor(request: FastifyRequest): string {
  return sessionCookieNames[isSecure(request) ? "https" : "http"];
}

function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === "https";
}
