import { SealrunError } from "@sealrun/protocol";
import { fastify } from "fastify";
import { expect, test } from "vitest";
import { refuseWhileClockIsWrong } from "../../../packages/platform/src/http/clock-gate.ts";
import { answerErrors } from "../../../packages/platform/src/http/error-response.ts";

test("refuseWhileClockIsWrong() answers what reads and signs in, and refuses the rest until the clock is right", async () => {
  let fault: SealrunError | undefined = new SealrunError("CLOCK_WRONG", "The clock is an hour behind");
  const app = fastify();
  answerErrors(app);
  const fitness = {
    isAnswering: () => true,
    clockFault: () => fault,
    onChange: () => () => undefined,
    close: async () => undefined,
  };
  refuseWhileClockIsWrong(app, { fitness });
  const config = { access: "public" } as const;
  app.get("/api/v1/executions", { config }, async () => ({}));
  for (const url of ["/api/v1/executions", "/api/v1/session"]) app.post(url, { config }, async () => ({}));
  const statusOf = async (method: "GET" | "POST", url: string): Promise<number> =>
    (await app.inject({ method, url })).statusCode;
  expect(await statusOf("GET", "/api/v1/executions")).toBe(200);
  expect(await statusOf("POST", "/api/v1/session")).toBe(200);
  expect(await statusOf("POST", "/api/v1/nowhere")).toBe(404);
  const refused = await app.inject({ method: "POST", url: "/api/v1/executions" });
  expect([refused.statusCode, refused.json()]).toMatchObject([
    503,
    { error: { code: "CLOCK_WRONG", message: "The clock is an hour behind" } },
  ]);
  fault = undefined;
  expect(await statusOf("POST", "/api/v1/executions")).toBe(200);
});
