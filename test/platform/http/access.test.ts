import { z } from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused } from "../../support/api.ts";
import { buildTestServer } from "../../support/build-test-server.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

const paths = z.object({ openapi: z.string(), paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const publicRoutes = [
  "GET /api/v1/openapi.json",
  "GET /api/v1/platform",
  "GET /api/v1/ready",
  "POST /api/v1/session",
  "GET /api/v1/session",
  "POST /api/v1/executors/enrol",
  "POST /api/v1/executors/credentials",
];

let platform: TestPlatform;
let routes: readonly { readonly method: string; readonly path: string }[];
beforeAll(async () => {
  platform = await startPlatform();
  const described = await ask(platform, paths, ["GET", "/openapi.json"]);
  routes = Object.entries(described.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => ({ method: verb.toUpperCase(), path })),
  );
});
afterAll(async () => platform.close());

const guarded = () => routes.filter(({ method, path }) => !publicRoutes.includes(`${method} ${path}`));
const addressOf = (path: string): string =>
  `${platform.url}${path.replace(/\{number\}/g, "1").replace(/\{\w+\}|\*/g, "some")}`;

describe("denyByDefault()", () => {
  test("denyByDefault() answers 401 on every route without a token", async () => {
    expect(guarded().length).toBeGreaterThan(20);
    for (const { method, path } of guarded()) {
      const answer = refused(fetch(addressOf(path), { method }));
      expect(await answer, `${method} ${path}`).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    }
  });

  test("denyByDefault() answers 401 on every route with a wrong token", async () => {
    const headers = { authorization: `Bearer sr_adm_${"x".repeat(43)}` };
    for (const { method, path } of guarded()) {
      const answer = refused(fetch(addressOf(path), { method, headers }));
      expect(await answer, `${method} ${path}`).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    }
  });

  test.each(["", "Basic abc", "Bearer ", "Bearer sr_adm_", "Bearer null", `Bearer ${"x".repeat(10_000)}`])(
    "denyByDefault() refuses the header %j",
    async (authorization) => {
      const answer = refused(fetch(`${platform.url}/api/v1/projects`, { headers: { authorization } }));
      expect(await answer).toMatchObject({ status: 401 });
    },
  );

  test("denyByDefault() takes no token from the address", async () => {
    const answer = refused(
      fetch(`${platform.url}/api/v1/projects?token=${platform.token}&access_token=${platform.token}`),
    );
    expect(await answer).toMatchObject({ status: 401 });
  });

  test("denyByDefault() refuses to register a route that states no access", async () => {
    const { app, close } = await buildTestServer(platform);
    expect(() => app.get("/open", async () => "anybody")).toThrow("GET /open does not state who may call it");
    await close();
  });

  test("denyByDefault() stops an address that guesses, and lets a right token pass all the same", async () => {
    const guess = async () => refused(fetch(`${platform.url}/api/v1/projects`));
    let last = await guess();
    for (let tries = 0; last.status === 401 && tries < 400; tries += 1) last = await guess();
    expect(last).toMatchObject({ status: 429, code: "RATE_LIMITED" });
    const answer = await fetch(`${platform.url}/api/v1/projects`, {
      headers: { authorization: `Bearer ${platform.token}` },
    });
    expect(answer.status).toBe(200);
  });
});
