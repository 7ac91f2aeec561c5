import { openDatabase } from "@sealrun/postgres";
import { auditList, platformRetention, projectRetention, retentionPreview } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, send } from "../../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const platformUrl = "/platform/retention";
const projectUrl = "/projects/acme/retention";
const put = async (url: string, json: unknown) => send(world.platform, "PUT", url, { json });

describe("PUT /api/v1/platform/retention", () => {
  test("PUT /api/v1/platform/retention changes the defaults of 90 and 30 days, and nothing is deleted in the first day", async () => {
    const first = await ask(world.platform, platformRetention, ["GET", platformUrl]);
    expect(first).toMatchObject({ executionsDays: 90, logsDays: 30, projects: [] });
    expect(Date.parse(first.startsAt ?? "")).toBeGreaterThan(Date.now() + 3_600_000);
    const json = { executionsDays: 0, logsDays: 7 };
    expect(await ask(world.platform, platformRetention, ["PUT", platformUrl, { json }])).toMatchObject(json);
    expect(await ask(world.platform, projectRetention, ["GET", projectUrl])).toMatchObject({
      ...json,
      from: "platform",
    });
    await put(platformUrl, { executionsDays: 90, logsDays: 30 });
  });

  test.each([
    { executionsDays: 30, logsDays: 31 },
    { executionsDays: 30, logsDays: 0 },
    { executionsDays: -1, logsDays: 1 },
    { executionsDays: 3_651, logsDays: 1 },
    { executionsDays: 1.5, logsDays: 1 },
    { executionsDays: "90", logsDays: 30 },
    { executionsDays: 90 },
    { executionsDays: 90, logsDays: 30, project: "acme" },
  ])("PUT /api/v1/platform/retention and of a project refuse %j", async (json) => {
    for (const url of [platformUrl, projectUrl]) {
      const answer = await refused(put(url, json));
      expect(answer).toMatchObject({
        status: 400,
        message: expect.stringMatching(/logsDays|executionsDays|"project"/),
      });
    }
  });

  test("PUT /api/v1/platform/retention says that a log goes with its execution", async () => {
    expect((await refused(put(platformUrl, { executionsDays: 30, logsDays: 31 }))).message).toContain(
      "logsDays: expected at least 1 and at most executionsDays: a log is deleted with its execution at the latest",
    );
  });
});

describe("PUT /api/v1/projects/:project/retention", () => {
  test("PUT /api/v1/projects/:project/retention overrides the platform until DELETE, both in the audit", async () => {
    const json = { executionsDays: 10, logsDays: 5 };
    expect(await ask(world.platform, projectRetention, ["PUT", projectUrl, { json }])).toMatchObject({
      ...json,
      from: "project",
    });
    expect(await ask(world.platform, platformRetention, ["GET", platformUrl])).toMatchObject({
      executionsDays: 90,
      projects: [{ project: "acme", ...json }],
    });
    expect(await ask(world.platform, projectRetention, ["DELETE", projectUrl])).toMatchObject({
      executionsDays: 90,
      logsDays: 30,
      from: "platform",
    });
    const { rows } = await ask(world.platform, auditList, ["GET", "/audit?action=retention&project=acme"]);
    expect(rows).toMatchObject([
      { action: "retention.reset", actor: "admin", detail: {} },
      { action: "retention.set", actor: "admin", detail: json },
    ]);
  });

  test("PUT /api/v1/projects/:project/retention answers 404 for a project that does not exist", async () => {
    const url = "/projects/nowhere/retention";
    for (const method of ["GET", "PUT", "DELETE"]) {
      const json = { executionsDays: 10, logsDays: 5 };
      const answer = send(world.platform, method, url, method === "PUT" ? { json } : {});
      expect(await refused(answer)).toMatchObject({ status: 404, code: "PROJECT_NOT_FOUND" });
    }
  });
});

describe("GET /api/v1/platform/retention/preview", () => {
  test("GET /api/v1/platform/retention/preview counts what would go, by project or in all without their own limits", async () => {
    const database = await openDatabase({ config: world.platform.config.postgres, applicationName: "test" });
    for (const days of [5, 15, 25]) {
      const { ref, rpc } = await world.claim("report");
      await rpc.finish({ ...ref, status: "succeeded", lastSequence: 0 });
      await database.run("update executions set finished_at = now() - $2 * interval '1 day' where id = $1", [
        ref.executionId,
        days,
      ]);
    }
    await database.close();
    const preview = async (url: string, executionsDays: number, logsDays: number) =>
      ask(world.platform, retentionPreview, [
        "GET",
        `${url}/preview?executionsDays=${executionsDays}&logsDays=${logsDays}`,
      ]);
    expect(await preview(platformUrl, 20, 10)).toEqual({ executions: 1, logs: 1 });
    expect(await preview(projectUrl, 10, 1)).toEqual({ executions: 2, logs: 1 });
    expect(await preview(projectUrl, 0, 1)).toEqual({ executions: 0, logs: 3 });
    expect(await preview(projectUrl, 0, 0)).toEqual({ executions: 0, logs: 0 });
    await put(projectUrl, { executionsDays: 90, logsDays: 30 });
    expect(await preview(platformUrl, 1, 1)).toEqual({ executions: 0, logs: 0 });
    const answer = await refused(send(world.platform, "GET", `${platformUrl}/preview?executionsDays=&logsDays=1`));
    expect(answer).toMatchObject({ status: 400, message: expect.stringContaining("executionsDays") });
  });
});
