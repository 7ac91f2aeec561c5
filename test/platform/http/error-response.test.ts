import { decodeText, errorBody, SealrunError } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildTestServer } from "../../support/build-test-server.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

let platform: TestPlatform;
let server: Awaited<ReturnType<typeof buildTestServer>>;
beforeAll(async () => {
  platform = await startPlatform();
  server = await buildTestServer(platform);
  const config = { access: "public" } as const;
  server.app.get("/broken", { config }, async () => {
    throw new TypeError("hunter2 in a foreign error");
  });
  server.app.get("/ours", { config }, async () => {
    throw new SealrunError("KEY_CHANGED", "Seal again");
  });
  await server.app.ready();
});
afterAll(async () => {
  await server.close();
  await platform.close();
});

const get = async (url: string) => {
  const answer = await server.app.inject({ method: "GET", url });
  return { status: answer.statusCode, headers: answer.headers, ...errorBody.parse(answer.json()) };
};

describe("answerErrors()", () => {
  test("answerErrors() tells code, sentence and request id of an error of the table, with its status", async () => {
    const answer = await get("/ours");
    expect(answer).toMatchObject({ status: 409, error: { code: "KEY_CHANGED", message: "Seal again" } });
    expect(answer.error.requestId).toMatch(/^req_/);
  });

  test("answerErrors() tells nothing of an error that is not ours", async () => {
    const answer = await get("/broken");
    expect(answer).toMatchObject({ status: 500, error: { code: "INTERNAL" } });
    expect(JSON.stringify(answer)).not.toContain("hunter2");
  });

  test("answerErrors() keeps the headers that guard a browser, and answers may not be stored", async () => {
    for (const url of ["/ours", "/nowhere"]) {
      const { headers } = await get(url);
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    }
  });

  test("answerErrors() answers an address that is not there without quoting it", async () => {
    const answer = await get("/hunter2");
    expect(answer).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
    expect(answer.error.message).not.toContain("hunter2");
  });

  test.each([
    ["that is not percent-encoded", "/api/v1/projects/%zzhunter2"],
    ["with a name that is too long", `/api/v1/projects/${"hunter2".repeat(60)}`],
  ])("answerUnreadable() answers an address %s in our own form, without quoting it", async (_what, url) => {
    const answer = await fetch(`${platform.url}${url}`);
    const text = await answer.text();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(decodeText(errorBody, text).error.code).toMatch(/BAD_REQUEST|NOT_FOUND|UNAUTHENTICATED/);
    expect(text).not.toContain("hunter2");
  });

  test("answerUnreadable() sends the headers that guard a browser like any other answer", async () => {
    const guards = async (path: string) => {
      const { headers } = await fetch(`${platform.url}${path}`);
      const others = /^(?:date|connection|keep-alive|content-length|content-type)$/;
      return Object.fromEntries([...headers].filter(([name]) => !others.test(name)));
    };
    const guarded = await guards("/api/v1/projects/%zz");
    expect(guarded).toEqual(await guards("/api/v1/nowhere"));
    expect(guarded).toMatchObject({ "x-frame-options": "DENY", "cache-control": "no-store" });
  });
});
