import { z } from "zod";

/** `POST /api/v1/session`: changes a token for a session of the web UI, kept in a cookie that scripts of a page cannot read. */
export const openSession = z.strictObject({ token: z.string().min(1).max(256) });
export type OpenSession = z.infer<typeof openSession>;

/** The answer to `POST /api/v1/session`: who is signed in, and until when without a further request. */
export const sessionInfo = z.object({ author: z.string(), expiresAt: z.string() });
export type SessionInfo = z.infer<typeof sessionInfo>;

/** `GET /api/v1/session`, for anybody: null for a request without a session that is still good. */
export const sessionAnswer = z.object({ session: sessionInfo.nullable() });

/**
 * Every request that a session changes something with must carry this header, with any value: no other site's form can
 * send it. A request with a bearer token needs none.
 */
export const sessionHeader = "x-sealrun-session";
