import { executionList, limits, logPage, type ReportItem, startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, send } from "../../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const list = async (query = "") => ask(world.platform, executionList, ["GET", `/executions${query}`]);

describe("POST …/executions", () => {
  test("POST …/executions answers 202 when the execution is committed", async () => {
    const response = await send(world.platform, "POST", "/projects/acme/packages/report/executions", { json: {} });
    expect(response.status).toBe(202);
    const { id } = startedExecution.parse(await response.json());
    expect(await world.show(id)).toMatchObject({
      project: "acme",
      package: "report",
      version: 1,
      attempt: 0,
      executor: null,
      error: null,
      steps: [{ script: "main.sh", status: "pending", output: "", result: null, exitCode: null }],
      receipt: [],
      reportsComplete: true,
    });
  });

  test("POST …/executions runs the newest version", async () => {
    await world.push("newest", { "one.sh": "true\n" });
    await world.push("newest", { "two.sh": "true\n" });
    expect(await world.show(await world.start("newest"))).toMatchObject({ version: 2, steps: [{ script: "two.sh" }] });
  });

  test("POST …/executions shows the names of sealed parameters and only the values of visible ones", async () => {
    await world.push("form", {
      "main.sh": "true\n",
      "parameters.json": JSON.stringify({
        fields: [
          { name: "region", type: "text", visible: true },
          { name: "token", type: "text" },
        ],
      }),
    });
    const id = await world.start("form", { parameters: { region: "eu", token: "canary-of-the-form" } });
    const response = await send(world.platform, "GET", `/executions/${id}`);
    const text = await response.text();
    expect(text).not.toContain("canary-of-the-form");
    expect((await world.show(id)).parameters).toEqual({ visible: { region: "eu" }, sealedNames: ["token"] });
  });

  test("POST …/executions refuses an unknown package, an unpushed one, wrong parameters, and an inactive package", async () => {
    await send(world.platform, "PUT", "/projects/acme/packages/unpushed");
    await world.push("inactive", { "main.sh": "true\n", "manifest.json": '{"active":false}' });
    const { executions } = await list("?limit=500");
    const start = async (path: string, json: unknown = {}) => refused(send(world.platform, "POST", path, { json }));
    expect(await start("/projects/acme/packages/nope/executions")).toMatchObject({ code: "PACKAGE_NOT_FOUND" });
    expect(await start("/projects/nope/packages/report/executions")).toMatchObject({ code: "PROJECT_NOT_FOUND" });
    expect(await start("/projects/acme/packages/unpushed/executions")).toMatchObject({ code: "PACKAGE_NOT_FOUND" });
    expect(await start("/projects/acme/packages/form/executions", { parameters: { nope: 1 } })).toMatchObject({
      status: 400,
      code: "PARAMETER_INVALID",
    });
    const inactive = await start("/projects/acme/packages/inactive/executions");
    expect(inactive.message).toContain('"active": false');
    expect(await list("?limit=500")).toMatchObject({ executions });
  });
});

describe("GET /executions", () => {
  test("GET /executions answers the newest first, in pages, narrowed by project, package and status", async () => {
    await world.push("listed");
    const ids = [await world.start("listed"), await world.start("listed"), await world.start("listed")].toReversed();
    const first = await list("?project=ACME&package=listed&limit=2");
    expect(first.executions.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await list(`?project=acme&package=listed&limit=2&before=${first.next}`);
    expect(rest).toMatchObject({ executions: [{ id: ids[2], package: "listed", status: "queued" }], next: null });
    expect((await list("?package=listed&status=failed")).executions).toEqual([]);
    expect((await list("?project=other")).executions).toEqual([]);
  });

  test("GET /executions narrows by several statuses, trigger, executor, start of the id and time", async () => {
    await world.push("narrowed");
    const { ref } = await world.claim("narrowed");
    const queued = await world.start("narrowed");
    const ids = async (query: string) =>
      (await list(`?package=narrowed&${query}`)).executions.map(({ id }) => id).toReversed();
    const both = [ref.executionId, queued];
    expect(await ids("status=running")).toEqual([ref.executionId]);
    expect(await ids("status=running,queued")).toEqual(both);
    expect(await ids("status=failed,lost")).toEqual([]);
    expect(await ids("trigger=request")).toEqual(both);
    expect(await ids("trigger=schedule")).toEqual([]);
    expect(await ids(`executor=${world.peer.state.identity.id}`)).toEqual([ref.executionId]);
    expect(await ids("executor=exr_00000000000000000000")).toEqual([]);
    expect(await ids(`id=${queued.slice(0, 16)}`)).toEqual([queued]);
    expect(await ids("id=exe_")).toEqual(both);
    const { createdAt } = await world.show(queued);
    const after = new Date(Date.parse(createdAt) + 1).toISOString();
    expect(await ids(`since=${createdAt}`)).toEqual([queued]);
    expect(await ids(`since=${after}`)).toEqual([]);
    expect(await ids(`until=${createdAt}`)).toEqual([ref.executionId]);
  });

  test("GET /executions tells of each what started it, who runs it and why it waits", async () => {
    const { ref } = await world.claim("report");
    await world.start("report", { notBefore: "2100-01-01T00:00:00Z" });
    const executor = world.peer.state.identity.id;
    expect((await list("?limit=2")).executions).toMatchObject([
      {
        executor: null,
        waiting: "It starts at 2100-01-01T00:00:00.000Z at the earliest",
        trigger: { kind: "request" },
      },
      { id: ref.executionId, status: "running", executor, waiting: null, trigger: { kind: "request" } },
    ]);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["status=odd", "status: expected some of queued, running, succeeded, failed, lost, cancelled, with commas between"],
    ["status=queued,,", "status: expected some of"],
    ["before=x", "before: expected a cursor of this API"],
    ["trigger=odd", 'trigger: expected one of "request", "schedule", "event"'],
    ["executor=odd", "executor: expected an id made by sealrun"],
    ["id=odd", "id: expected the start of an execution's id: exe_ and letters and digits"],
    ["since=yesterday", "since: expected a time with its zone, such as 2027-01-31T06:00:00Z"],
    ["until=2027-01-31", "until: expected a time with its zone, such as 2027-01-31T06:00:00Z"],
  ])("GET /executions refuses %s", async (query, sentence) => {
    const refusal = await refused(send(world.platform, "GET", `/executions?${query}`));
    expect(refusal).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(refusal.message).toContain(sentence);
  });
});

describe("GET /executions/:execution", () => {
  test("GET /executions/:execution answers 404 for an id that there is not, on every route below it", async () => {
    for (const path of ["", "/logs", "/events"]) {
      const answer = await refused(send(world.platform, "GET", `/executions/exe_00000000000000000000${path}`));
      expect(answer).toMatchObject({ status: 404, code: "EXECUTION_NOT_FOUND" });
    }
  });
});

describe("GET /executions/:execution/logs", () => {
  test("GET /executions/:execution/logs answers lines in pages", async () => {
    const { ref } = await world.claim("report");
    const line = (text: string): ReportItem => ({ type: "log", step: 0, stream: "sdk", level: "info", text, time: 0 });
    await world.peer.report(ref, 1, ["a", "b", "c"].map(line));
    const url = `/executions/${ref.executionId}/logs`;
    const read = async (query: string) => ask(world.platform, logPage, ["GET", `${url}${query}`]);
    await until(async () => (await read("")).lines.length > 0);
    const first = await read("?limit=2");
    expect(first.lines).toMatchObject([
      { text: "a", step: "main.sh", stream: "sdk", level: "info", time: "1970-01-01T00:00:00.000Z" },
      { text: "b" },
    ]);
    expect(await read(`?limit=2&after=${first.next}`)).toMatchObject({ lines: [{ text: "c" }], next: null });
  });
});

describe("GET /executions/:execution/events", () => {
  test("GET /executions/:execution/events refuses more streams than a token may have, and forgets closed ones", async () => {
    const { ref } = await world.claim("report");
    const stop = new AbortController();
    const open = async (): Promise<Response> =>
      fetch(`${world.platform.url}/api/v1/executions/${ref.executionId}/events`, {
        headers: { authorization: `Bearer ${world.platform.token}` },
        signal: stop.signal,
      });
    const held = await Promise.all(Array.from({ length: limits.executionStreamsPerSession }, open));
    expect(new Set(held.map(({ status }) => status))).toEqual(new Set([200]));
    const refusal = await open();
    expect([refusal.status, refusal.headers.get("retry-after")]).toEqual([429, "60"]);
    await refusal.body?.cancel();
    stop.abort();
    const again = async () => {
      const response = await send(world.platform, "GET", `/executions/${ref.executionId}/events`);
      await response.body?.cancel();
      return response.status;
    };
    await expect.poll(again).toBe(200);
  });
});
