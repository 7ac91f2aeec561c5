import {
  credentialsPath,
  enrolAnswer,
  enrolEnvelope,
  enrolPath,
  errorBody,
  executorList,
  poolList,
} from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Deps } from "../../deps.ts";
import { enrolExecutor } from "../../executors/enrol.ts";
import { renewCredentials } from "../../executors/renew-credentials.ts";
import { verifyEnrolment, verifyRenewal } from "../../executors/verify-request.ts";
import { createExecutorLimits } from "../executor-limits.ts";
import { describePools, listExecutors } from "../../executors/store.ts";

/** Executors: enrol with a one-time token, renew the login, list; and their pools. */
export function executorRoutes(
  plain: FastifyInstance,
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring">,
): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  // Neither route needs an admin token: a signature stands in for it.
  const signed = createExecutorLimits();
  app.post(
    enrolPath,
    {
      config: { access: "public" },
      bodyLimit: 65_536,
      schema: {
        summary: "Enrol an executor: its own signed frame, answered with the keyring's",
        body: enrolEnvelope,
        response: { 200: enrolAnswer, default: errorBody },
      },
    },
    async (request) => {
      const { frame } = request.body;
      await signed.verified(request, async () => verifyEnrolment(frame));
      return { frame: await signed.token(request, async () => enrolExecutor(deps, frame, request.id)) };
    },
  );
  app.post(
    credentialsPath,
    {
      config: { access: "public" },
      bodyLimit: 65_536,
      schema: {
        summary: "Renew an executor's NATS login: its own signed frame, answered with the keyring's",
        body: enrolEnvelope,
        response: { 200: enrolAnswer, default: errorBody },
      },
    },
    async (request) => {
      const { frame } = request.body;
      await signed.verified(request, async () => verifyRenewal(deps.database, frame));
      return { frame: await renewCredentials(deps, frame) };
    },
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
