import { z } from "zod";
import { fields } from "../text/document.ts";

/** `POST /api/v1/session`: exchanges a token for a session of the web UI. Scripts of a page cannot read its cookie. */
export const openSession = fields({ token: z.string().min(1).max(256) });
export type OpenSession = z.infer<typeof openSession>;

/** The answer to `POST /api/v1/session`: who is signed in, and when the session ends without a further request. */
export const sessionInfo = z.object({ author: z.string(), expiresAt: z.string() });
export type SessionInfo = z.infer<typeof sessionInfo>;

/** `GET /api/v1/session`, without authentication: null for a request without a valid session. */
export const sessionAnswer = z.object({ session: sessionInfo.nullable() });

/** `GET /api/v1/whoami`: the requester of the token or session that came with the request. */
export const whoamiAnswer = z.object({ author: z.string() });

/**
 * Every request that changes something in a session must have this header, with any value: a form of another site cannot
 * send it. A request with a bearer token does not need it.
 */
export const sessionHeader = "x-sealrun-session";
