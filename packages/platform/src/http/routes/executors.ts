import type { RateLimitOptions } from "@fastify/rate-limit";
import {
  credentialsPath,
  enrolAnswer,
  enrolEnvelope,
  enrolPath,
  errorBody,
  executorList,
  poolList,
  SealrunError,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../deps.ts";
import { enrolExecutor } from "../../executors/enrol.ts";
import { renewCredentials } from "../../executors/renew-credentials.ts";
import { describePools, listExecutors } from "../../executors/store.ts";

/** Enrolling needs no admin token: enough for many executors behind one address, too few for guessing. */
const rateLimit: RateLimitOptions = {
  max: 120,
  timeWindow: 60_000,
  errorResponseBuilder: () =>
    new SealrunError("RATE_LIMITED", "Too many enrolments came from this address; wait a minute"),
};

/** Renewing needs no token either; an executor does it every half hour, and when it starts. */
const renewalRateLimit: RateLimitOptions = {
  max: 600,
  timeWindow: 60_000,
  errorResponseBuilder: () =>
    new SealrunError("RATE_LIMITED", "Too many logins were renewed from this address; wait a minute"),
};

/** Executors: enrol with a one-time token, renew the login, list; and their pools. */
export function executorRoutes(
  plain: FastifyInstance,
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring">,
): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.post(
    enrolPath,
    {
      config: { access: "public", rateLimit },
      bodyLimit: 65_536,
      schema: {
        summary: "Enrol an executor: its own signed frame, answered with the keyring's",
        body: enrolEnvelope,
        response: { 200: enrolAnswer, default: errorBody },
      },
    },
    async (request) => ({ frame: await enrolExecutor(deps, request.body.frame, request.id) }),
  );
  app.post(
    credentialsPath,
    {
      config: { access: "public", rateLimit: renewalRateLimit },
      bodyLimit: 65_536,
      schema: {
        summary: "Renew an executor's NATS login: its own signed frame, answered with the keyring's",
        body: enrolEnvelope,
        response: { 200: enrolAnswer, default: errorBody },
      },
    },
    async (request) => ({ frame: await renewCredentials(deps, request.body.frame) }),
  );
  app.get(
    "/api/v1/executors",
    {
      config: { access: "admin" },
      schema: { summary: "List executors", response: { 200: executorList, default: errorBody } },
    },
    async () => ({ executors: [...(await listExecutors(deps.database))] }),
  );
  app.get(
    "/api/v1/pools",
    {
      config: { access: "admin" },
      schema: {
        summary: "List the pools that have executors or queued executions",
        response: { 200: poolList, default: errorBody },
      },
    },
    async () => ({ pools: [...(await describePools(deps.database))] }),
  );
}
