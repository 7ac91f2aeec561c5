import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../support/api.ts";
import { startPlatform, type TestPlatform } from "../support/start-platform.ts";
import { tableRows } from "../support/table-rows.ts";
import { readPage } from "./pages.ts";

const route = z.object({ summary: z.string(), security: z.array(z.unknown()).optional() });
const document = z.object({ paths: z.record(z.string(), z.record(z.string(), route)) });

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

describe("packages/docs/reference/http-api.md", () => {
  test("packages/docs/reference/http-api.md lists the routes of openapi.json with access and summary, both ways", async () => {
    const { paths } = await ask(platform, document, ["GET", "/openapi.json"]);
    const routes = Object.entries(paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([verb, { summary, security }]) =>
        [`\`${verb.toUpperCase()} ${path}\``, security === undefined ? "admin" : "no auth", summary].join(" | "),
      ),
    );
    expect(tableRows(readPage("reference/http-api.md")).toSorted()).toEqual(routes.toSorted());
  });
});
