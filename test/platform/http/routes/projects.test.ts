import { projectInfo, projectList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, send } from "../../../support/api.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

describe("POST /api/v1/projects", () => {
  test("POST /api/v1/projects makes a project that GET shows whatever the case of its name", async () => {
    const made = await ask(platform, projectInfo, ["POST", "/projects", { json: { name: "Acme" } }]);
    expect(await ask(platform, projectInfo, ["GET", "/projects/ACME"])).toEqual(made);
    expect((await ask(platform, projectList, ["GET", "/projects"])).projects).toEqual([made]);
  });

  test("POST /api/v1/projects refuses a name that differs only by case", async () => {
    expect(await refused(send(platform, "POST", "/projects", { json: { name: "aCME" } }))).toMatchObject({
      status: 409,
      code: "ALREADY_EXISTS",
    });
  });

  test("POST /api/v1/projects names the rule that a name breaks and not the name", async () => {
    const refusal = await refused(send(platform, "POST", "/projects", { json: { name: "hunter2 hunter2" } }));
    expect(refusal).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(refusal.message).toContain("name: a project name starts with a letter or digit");
    expect(refusal.message).not.toContain("hunter2");
  });

  test("POST /api/v1/projects refuses a body that is not JSON without quoting it", async () => {
    const sent = { body: '{"name": hunter2}', headers: { "content-type": "application/json" } };
    const refusal = await refused(send(platform, "POST", "/projects", sent));
    expect(refusal).toMatchObject({
      status: 400,
      code: "BAD_REQUEST",
      message: expect.stringMatching(/^Body:1:10: expected a value/),
    });
  });
});

describe("GET /api/v1/projects/:project", () => {
  test("GET /api/v1/projects/:project answers PROJECT_NOT_FOUND with the name", async () => {
    expect(await refused(send(platform, "GET", "/projects/nobody"))).toMatchObject({
      status: 404,
      code: "PROJECT_NOT_FOUND",
      message: expect.stringContaining("nobody"),
    });
  });
});
