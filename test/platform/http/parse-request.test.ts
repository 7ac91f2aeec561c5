import { errorBody } from "@sealrun/protocol";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildTestServer } from "../../support/build-test-server.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

let platform: TestPlatform;
let server: Awaited<ReturnType<typeof buildTestServer>>;
beforeAll(async () => {
  platform = await startPlatform();
  server = await buildTestServer(platform);
});
afterAll(async () => {
  await server.close();
  await platform.close();
});

const post = async (payload: string | Buffer, type = "application/json") => {
  const headers = { authorization: `Bearer ${platform.token}`, "content-type": type };
  const answer = await server.app.inject({ method: "POST", url: "/api/v1/projects", headers, payload });
  return { status: answer.statusCode, ...errorBody.parse(answer.json()).error };
};

describe("parseRequests()", () => {
  test.each([
    ["an empty body", "", "In body: expected"],
    ["no JSON", "{hunter2", "Body: Expected JSON"],
    [
      "a __proto__ key",
      '{"name": "a", "__proto__": {"hunter2": 1}}',
      "Body: Expected JSON without a key named __proto__",
    ],
    ["invalid UTF-8", Buffer.from([0x22, 0xff, 0x22]), "Body: Expected UTF-8 at byte 1"],
    ["a wrong type", '{"name": {"hunter2": 1}}', "In body: name: expected"],
    ["a missing field", '{"hunter2": 1}', "In body: name: expected"],
  ])("parseRequests() refuses %s with the place and without a value", async (_what, payload, message) => {
    const refusal = await post(payload);
    expect(refusal).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(refusal.message).toContain(message);
    expect(refusal.message).not.toContain("hunter2");
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/xml"])(
    "parseRequests() refuses a body of type %s",
    async (type) => {
      expect(await post("name=a", type)).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    },
  );

  test("parseRequests() answers 400 to whatever JSON is not a project's name", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        expect(await post(json)).toMatchObject({ status: 400, code: "BAD_REQUEST" });
      }),
      { numRuns: 50 },
    );
  });
});
