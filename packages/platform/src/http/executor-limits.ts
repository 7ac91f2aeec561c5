import { SealrunError } from "@sealrun/protocol";
import type { FastifyRequest } from "fastify";
import { createWindowCount } from "./window-count.ts";

/** Limits requests that executors sign. Scripts share their executor's address, so only what is refused counts for it. */
export interface ExecutorLimits {
  /** Runs `verify` and counts for the executor that it names; a refusal, or no name, counts for the address. */
  verified<T extends string>(request: FastifyRequest, verify: () => Promise<T | undefined>): Promise<T | undefined>;
  /** Runs `use` unless this address has used too many tokens that the keyring refused. */
  token<T>(request: FastifyRequest, use: () => Promise<T>): Promise<T>;
}

const windowMs = 60_000;
/** An executor renews every half hour and when it starts; the rest is for restarts and retries. */
const perExecutor = 30;
const badPerAddress = 300;
/** Each refused token is a row of the keyring's audit. */
const refusedTokensPerAddress = 120;

/** The counts of one server. */
export function createExecutorLimits(): ExecutorLimits {
  const executors = createWindowCount({
    max: perExecutor,
    windowMs,
    sentence: "This executor sent too many requests for a login; wait a minute",
  });
  const bad = createWindowCount({
    max: badPerAddress,
    windowMs,
    sentence: "Too many requests from this address were not signed by an executor; wait a minute",
  });
  const tokens = createWindowCount({
    max: refusedTokensPerAddress,
    windowMs,
    sentence: "Too many enrolment tokens from this address were refused; wait a minute",
  });
  return {
    verified: async (request, verify) => {
      const executor = await countRefusals(verify, () => bad.add(request.ip));
      if (executor === undefined) bad.add(request.ip);
      // Who enrols states an id and a key of their own choice: that must not count against the executor of that id.
      else executors.add(`${request.routeOptions.url} ${executor}`);
      return executor;
    },
    token: async (request, use) => {
      tokens.check(request.ip);
      return countRefusals(use, () => tokens.add(request.ip));
    },
  };
}

/** An outage counts for nothing. */
async function countRefusals<T>(run: () => Promise<T>, count: () => void): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SealrunError && !error.row.retry && error.code !== "INTERNAL") count();
    throw error;
  }
}
