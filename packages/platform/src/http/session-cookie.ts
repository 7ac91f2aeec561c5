import { limits } from "@sealrun/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * The cookie that holds a session's text. A browser accepts the `https` name only over HTTPS and only from this exact
 * host: another host under the same domain, or an attacker on plain HTTP, cannot plant a session.
 */
export const sessionCookieNames = { http: "sealrun_session", https: "__Host-sealrun_session" } as const;

/** Scripts cannot read it and other sites cannot send it. `__Host-` requires the path `/`. */
const attributes = { path: "/", httpOnly: true, sameSite: "strict" } as const;

/** The text of the session's cookie, or undefined. Reads only the name that fits the request's protocol. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[nameFor(request)];
}

/** Gives the browser its session. `Secure` only when the request came over HTTPS: over HTTP a browser would drop it. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, text: string): void {
  const given = { ...attributes, secure: isSecure(request), maxAge: limits.sessionLifetimeMs / 1_000 };
  void reply.setCookie(nameFor(request), text, given);
}

/** Deletes the session's cookie in the browser. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(nameFor(request), { ...attributes, secure: isSecure(request) });
}

function nameFor(request: FastifyRequest): string {
  return sessionCookieNames[isSecure(request) ? "https" : "http"];
}

function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === "https";
}
