import { SealrunError } from "@sealrun/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Wrong tokens from one address in a minute: a person's mistakes pass, guessing does not. A right token always passes. */
const allowed = { max: 300, timeWindow: 60_000 };

/** Counts a request whose token or session is not valid; `RATE_LIMITED` when its address sent too many. */
export type CountWrongToken = (request: FastifyRequest) => Promise<void>;

/** One count for the whole server, wherever a token may come. */
export function countWrongTokens(app: FastifyInstance): CountWrongToken {
  const count = app.createRateLimit(allowed);
  return async (request) => {
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    throw new SealrunError("RATE_LIMITED", "Too many requests without a valid token; wait a minute");
  };
}
