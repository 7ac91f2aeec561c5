import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { buildTestServer } from "../../support/build-test-server.ts";
import { startPlatform } from "../../support/start-platform.ts";

test("refuseWhileClockIsWrong() lets read and sign in, and refuses the rest until the clock is right", async () => {
  let fault: SealrunError | undefined = new SealrunError("CLOCK_WRONG", "The clock is an hour behind");
  const platform = await startPlatform();
  const { app, close } = await buildTestServer(platform, { clockFault: () => fault });
  const headers = { authorization: `Bearer ${platform.token}` };
  const ask = async (method: "GET" | "POST", url: string, payload?: object) =>
    app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  const makeProject = async () => ask("POST", "/api/v1/projects", { name: "acme" });
  expect((await ask("GET", "/api/v1/projects")).statusCode).toBe(200);
  expect((await ask("POST", "/api/v1/session", { token: "sr_adm_wrong" })).statusCode).toBe(401);
  expect((await ask("POST", "/api/v1/nowhere")).statusCode).toBe(404);
  expect((await app.inject({ method: "POST", url: "/api/v1/projects" })).statusCode).toBe(401);
  const refused = await makeProject();
  expect([refused.statusCode, refused.json()]).toMatchObject([
    503,
    { error: { code: "CLOCK_WRONG", message: "The clock is an hour behind" } },
  ]);
  fault = undefined;
  expect((await makeProject()).statusCode).toBe(201);
  await close();
  await platform.close();
});
