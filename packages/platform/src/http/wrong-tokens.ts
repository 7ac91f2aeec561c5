import { SealrunError } from "@sealrun/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Wrong tokens allowed from one address in a minute: enough for mistakes, too few for guessing. A valid token always
 * passes.
 */
const allowed = { max: 300, timeWindow: 60_000 };

/** Counts a request whose token or session is not valid; `RATE_LIMITED` when its address sent too many of them. */
export type CountWrongToken = (request: FastifyRequest) => Promise<void>;

/** One count for all routes of the server. */
export function countWrongTokens(app: FastifyInstance): CountWrongToken {
  const count = app.createRateLimit(allowed);
  return async (request) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    throw new SealrunError("RATE_LIMITED", "Too many requests without a valid token; wait a minute");
  };
}
