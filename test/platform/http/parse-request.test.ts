import { createProject, errorBody } from "@sealrun/protocol";
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
    ["an empty body", "", "In the body: expected"],
    ["no JSON", "{hunter2", "Body:1:2: expected a key in double quotes"],
    [
      "a __proto__ key",
      '{"name": "a", "__proto__": {"hunter2": 1}}',
      "Body:1:15: expected another key: __proto__ is not allowed",
    ],
    ["invalid UTF-8", Buffer.from([0x22, 0xff, 0x22]), "Body:1: expected UTF-8: byte 1 is not"],
    [
      "an integer that would be rounded",
      '{"name": "a",\n"other": {"id": 9223372036854775808}}',
      "expected an integer that keeps its value",
    ],
    ["a wrong type", '{"name": {"hunter2": 1}}', "In the body: name: expected"],
    ["a missing field", "{}", "In the body: name: expected"],
    ["a key that comes twice", '{"name": "a", "name": "hunter2"}', "Body:1:15: "],
    ["half of a surrogate pair", '{"name": "\\ud800"}', "Body:1:10: expected text"],
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

  test.each(["utf-16", "iso-8859-1", '"UTF-16LE"', "us-ascii", ""])(
    "parseRequests() refuses a body in the charset %s",
    async (charset) => {
      const refusal = await post('{"name": "a"}', `application/json; charset=${charset}`);
      expect(refusal).toMatchObject({ status: 400, message: expect.stringContaining("expected JSON in UTF-8") });
    },
  );

  test.each(["utf-8", "UTF-8", '"utf-8"', "utf8"])(
    "parseRequests() reads a body in the charset %s",
    async (charset) => {
      const refusal = await post('{"nmae": "a"}', `application/json;charset=${charset}`);
      expect(refusal.message).toContain('unknown field "nmae"; did you mean "name"?');
    },
  );

  test("parseRequests() answers 400 to whatever JSON is not a project's name", async () => {
    // Now and then fast-check makes {"name":"0"}, which is one.
    const refused = fc.json().filter((json) => !createProject.safeParse(JSON.parse(json)).success);
    await fc.assert(
      fc.asyncProperty(refused, async (json) => {
        expect(await post(json)).toMatchObject({ status: 400, code: "BAD_REQUEST" });
      }),
      { numRuns: 50 },
    );
  });
});
