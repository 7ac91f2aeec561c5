import { readVersion } from "../../../packages/platform/src/http/openapi.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../../support/api.ts";
import { buildTestServer } from "../../support/build-test-server.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

const document = z.object({
  openapi: z.string(),
  info: z.object({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.object({ summary: z.string().min(1) }))),
});

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

describe("describeApi()", () => {
  test("describeApi() lists every route that is registered, each with a summary", async () => {
    const described = await ask(platform, document, ["GET", "/openapi.json"]);
    const listed = Object.entries(described.paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
    );
    expect(described.openapi).toBe("3.1.0");
    expect(described.info.version).toBe(await readVersion());
    expect(listed.sort()).toEqual((await registeredRoutes()).sort());
  });
});

/** Read from the router itself, not from what the description was made of. */
async function registeredRoutes(): Promise<string[]> {
  const { app, close } = await buildTestServer(platform);
  await app.ready();
  const routes = routesOf(app.printRoutes({ commonPrefix: false }));
  await close();
  // The web UI's own addresses are pages, not the API.
  return routes.filter((route) => route.includes(" /api/"));
}

/** The printed tree as "GET /api/v1/…", with parameters as OpenAPI writes them. */
function routesOf(tree: string): string[] {
  const found: string[] = [];
  const above: string[] = [];
  for (const line of tree.split("\n")) {
    const parsed = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line);
    if (parsed === null) continue;
    const depth = (parsed[1] ?? "").length / 4;
    above.splice(depth, above.length, parsed[2] ?? "");
    const path = above
      .join("")
      .replace(/:(\w+)/g, "{$1}")
      // The printed tree leaves out what stands before a wildcard.
      .replace(/\*$/, "/files/{*}");
    for (const method of (parsed[3] ?? "").split(", ")) if (method !== "") found.push(`${method} ${path}`);
  }
  return found;
}
