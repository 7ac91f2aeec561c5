import {
  auditList,
  changedSchedule,
  type ChangeProject,
  executionInfo,
  packageInfo,
  packageList,
  projectInfo,
  projectList,
  projectOverview,
  scheduleDetail,
  type ScheduleInfo,
  scheduleList,
  sentEvent,
  startedExecution,
} from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, plainForm, refused, send, type Sent } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const post = async (path: string, sent: Sent = {}): Promise<Response> => send(world.platform, "POST", path, sent);
const at = (name: string): string => `/projects/acme/packages/${name}`;
const changePackage = async (name: string, json: object) =>
  ask(world.platform, packageInfo, ["PATCH", at(name), { json }]);
const changeProject = async (name: string, json: Omit<ChangeProject, "name"> & { readonly name?: string }) =>
  ask(world.platform, projectInfo, ["PATCH", `/projects/${name}`, { json }]);
const actionsOn = async (object: string): Promise<readonly string[]> => {
  const { rows } = await ask(world.platform, auditList, ["GET", `/audit?object=${object}`]);
  return rows.map(({ action }) => action);
};
const scheduleOf = async (name: string): Promise<ScheduleInfo> => {
  const { schedules } = await ask(world.platform, scheduleList, ["GET", `/schedules?project=acme&package=${name}`]);
  const [only] = schedules;
  if (only === undefined || schedules.length > 1) throw new TypeError("Expected one schedule");
  return only;
};
const waitingOf = async (id: string) =>
  (await ask(world.platform, executionInfo, ["GET", `/executions/${id}`])).waiting;
const scheduled = (manifest: object = {}) => ({
  "main.sh": "true\n",
  "manifest.json": JSON.stringify({ schedule: "0 7 * * *", ...manifest }),
});

describe("PATCH /projects/:project/packages/:package", () => {
  test("PATCH …/packages/:package renames a package, which keeps its id, versions and secrets", async () => {
    await world.push("before", { "main.sh": "true\n", "secrets.json": '{"A": 1}' });
    const { id } = await ask(world.platform, packageInfo, ["GET", at("before")]);
    expect(await changePackage("before", { name: "Before" })).toMatchObject({ id, name: "Before" });
    expect(await changePackage("before", { name: "after" })).toMatchObject({
      id,
      name: "after",
      version: { number: 1 },
    });
    expect(await refused(send(world.platform, "GET", at("before")))).toMatchObject({ code: "PACKAGE_NOT_FOUND" });
    expect(await actionsOn(id)).toEqual(["package.rename", "package.rename", "package.push", "package.create"]);
    const started = await world.start("after");
    expect(await world.show(started)).toMatchObject({ package: "after" });
  });

  test("PATCH …/packages/:package refuses a name that another package has in any case, and a wrong one", async () => {
    await world.push("taken");
    await changePackage("taken", { archived: true });
    const rename = (name: string) => send(world.platform, "PATCH", at("report"), { json: { name } });
    expect(await refused(rename("TAKEN"))).toEqual({
      status: 409,
      code: "ALREADY_EXISTS",
      message: "The project has a package TAKEN already, which may be archived; choose another name",
    });
    expect(await refused(rename("a b"))).toMatchObject({ status: 400, code: "BAD_REQUEST" });
  });

  test("PATCH …/packages/:package archives a package: nothing of it starts, and lists leave it out", async () => {
    await world.push("old", scheduled({ trigger_events: ["order"] }));
    const first = await world.start("old");
    const { id, archivedAt } = await changePackage("old", { archived: true });
    expect(await changePackage("old", { archived: true })).toMatchObject({ archivedAt });
    const refusals = await Promise.all([
      refused(post(`${at("old")}/executions`)),
      refused(post(`/executions/${first}/again`)),
      refused(post(`${at("old")}/versions`, { body: plainForm(scheduled()) })),
      refused(post(`${at("old")}/rollback`, { json: { to: 1 } })),
      refused(post(`/schedules/${(await scheduleOf("old")).id}/run`)),
    ]);
    const expected = { status: 409, code: "ARCHIVED", message: "Package acme/old is archived; unarchive it first" };
    expect(refusals).toEqual(refusals.map(() => expected));
    const sent = await ask(world.platform, sentEvent, ["POST", "/projects/acme/events", { json: { type: "order" } }]);
    expect(sent.started).toEqual([]);
    expect(await scheduleOf("old")).toMatchObject({ isPaused: true, pausedAt: null, nextAt: null });
    const { schedules } = await ask(world.platform, scheduleList, ["GET", "/schedules?project=acme"]);
    expect(schedules.map((row) => row.package)).not.toContain("old");
    for (const [query, isListed] of [
      ["", false],
      ["?archived=true", true],
    ] as const) {
      const { packages } = await ask(world.platform, packageList, ["GET", `/projects/acme/packages${query}`]);
      const overview = await ask(world.platform, projectOverview, ["GET", `/projects/acme/overview${query}`]);
      expect(packages.some(({ name }) => name === "old")).toBe(isListed);
      expect(overview.packages.some(({ name }) => name === "old")).toBe(isListed);
    }
    await changePackage("old", { archived: false });
    expect(await scheduleOf("old")).toMatchObject({ isPaused: false, nextAt: expect.any(String) });
    expect((await actionsOn(id)).slice(0, 2)).toEqual(["package.unarchive", "package.archive"]);
    await world.start("old");
  });

  test("PATCH …/packages/:package lets what is queued wait until the end of the archive, and others pass", async () => {
    await world.push("waits");
    await world.push("passes");
    const notBefore = new Date(Date.now() + 1_000).toISOString();
    const waiting = await world.start("waits", { notBefore, priority: 10 });
    await changePackage("waits", { archived: true });
    await until(async () => {
      const row = await world.database.run("select from outbox where execution_id = $1 and is_due", [waiting]);
      return row === 1;
    });
    await world.take("passes");
    expect(await waitingOf(waiting)).toContain("Package waits is archived; it starts when that is unarchived");
    await changePackage("waits", { archived: false });
    for (;;) {
      const { event, message } = await world.peer.take();
      message.done();
      if (event.executionId === waiting) break;
    }
  });
});

describe("PATCH /projects/:project", () => {
  test("PATCH /projects/:project archives and renames a project with all of its packages", async () => {
    await world.push("daily", scheduled());
    await world.push("paused", scheduled());
    await changePackage("paused", { archived: true });
    const { id } = await changeProject("acme", { archived: true });
    expect(await refused(post(`${at("daily")}/executions`))).toEqual({
      status: 409,
      code: "ARCHIVED",
      message: "Project acme is archived; unarchive it first",
    });
    expect(await refused(post("/projects/acme/events", { json: { type: "order" } }))).toMatchObject({
      code: "ARCHIVED",
    });
    expect(await refused(send(world.platform, "PUT", at("never")))).toMatchObject({ code: "ARCHIVED" });
    expect(await scheduleOf("daily")).toMatchObject({ isPaused: true, nextAt: null });
    const names = async (query: string) =>
      (await ask(world.platform, projectList, ["GET", `/projects${query}`])).projects.map(({ name }) => name);
    expect(await names("")).not.toContain("acme");
    expect(await names("?archived=true")).toContain("acme");
    const taken = await refused(post("/projects", { json: { name: "ACME" } }));
    expect(taken).toMatchObject({ code: "ALREADY_EXISTS", message: expect.stringContaining("may be archived") });
    await changeProject("acme", { name: "acme-eu", archived: false });
    expect(await refused(send(world.platform, "GET", "/projects/acme"))).toMatchObject({ code: "PROJECT_NOT_FOUND" });
    await send(world.platform, "POST", "/projects", { json: { name: "other" } });
    expect(
      await refused(send(world.platform, "PATCH", "/projects/acme-eu", { json: { name: "Other" } })),
    ).toMatchObject({ status: 409, code: "ALREADY_EXISTS" });
    await changeProject("acme-eu", { name: "acme" });
    expect(await scheduleOf("daily")).toMatchObject({ isPaused: false });
    expect(await scheduleOf("paused")).toMatchObject({ isPaused: true });
    expect((await actionsOn(id)).filter((action) => action.startsWith("project."))).toEqual([
      "project.rename",
      "project.rename",
      "project.unarchive",
      "project.archive",
      "project.create",
    ]);
    await world.start("daily");
  });
});

describe("PATCH /schedules/:schedule", () => {
  const pause = async (id: string, paused: boolean) =>
    (await ask(world.platform, changedSchedule, ["PATCH", `/schedules/${id}`, { json: { paused } }])).schedule;

  test("PATCH /schedules/:schedule pauses a schedule until it is resumed, whatever is pushed meanwhile", async () => {
    await world.push("nightly", scheduled());
    const { id } = await scheduleOf("nightly");
    expect(await pause(id, true)).toMatchObject({ isPaused: true, pausedAt: expect.any(String), nextTimes: [] });
    await world.push("nightly", scheduled({ schedule: "30 8 * * *" }));
    expect(await scheduleOf("nightly")).toMatchObject({ id, cron: "30 8 * * *", isPaused: true, nextAt: null });
    await changePackage("nightly", { archived: true });
    await changePackage("nightly", { archived: false });
    expect(await scheduleOf("nightly")).toMatchObject({ isPaused: true });
    const resumed = await pause(id, false);
    expect(resumed).toMatchObject({ isPaused: false, pausedAt: null });
    expect(resumed?.nextTimes).toHaveLength(5);
    const { id: owner } = await ask(world.platform, packageInfo, ["GET", at("nightly")]);
    expect((await actionsOn(owner)).filter((action) => /pause|resume/.test(action))).toEqual([
      "schedule.resume",
      "schedule.pause",
    ]);
  });

  test("PATCH /schedules/:schedule ends a single due time that passed during the pause", async () => {
    const { id: owner } = await ask(world.platform, packageInfo, ["GET", at("report")]);
    await world.database.run(
      `insert into schedules (id, package_id, kind, once_at, missed, next_at, created_by)
       values ('sch_0000000000000000once', $1, 'script', now() + interval '1 day', 'run_once', now() + interval '1 day', 'x')`,
      [owner],
    );
    await pause("sch_0000000000000000once", true);
    await world.database.run("update schedules set once_at = now() - interval '1 hour' where once_at is not null");
    expect(await pause("sch_0000000000000000once", false)).toBeNull();
    expect(await actionsOn(owner)).toContain("schedule.missed");
    expect(await refused(send(world.platform, "GET", "/schedules/sch_0000000000000000once"))).toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("GET /schedules/:schedule shows the next five due times", async () => {
    const { id, nextAt } = await scheduleOf("daily");
    const { nextTimes } = await ask(world.platform, scheduleDetail, ["GET", `/schedules/${id}`]);
    expect(nextTimes).toHaveLength(5);
    expect(nextTimes[0]).toBe(nextAt);
    expect(new Set(nextTimes.map((time) => time.slice(11, 16)))).toEqual(new Set(["07:00"]));
  });
});

describe("POST /schedules/:schedule/run", () => {
  test("POST /schedules/:schedule/run starts one execution for one Idempotency-Key, and changes no due time", async () => {
    const before = await scheduleOf("daily");
    const run = async () => {
      const answer = await post(`/schedules/${before.id}/run`, { headers: { "idempotency-key": "now" } });
      return startedExecution.parse(await answer.json()).id;
    };
    const id = await run();
    expect(await run()).toBe(id);
    expect(await world.show(id)).toMatchObject({ trigger: { kind: "schedule", scheduleId: before.id } });
    expect(await scheduleOf("daily")).toMatchObject({ nextAt: before.nextAt, last: { execution: id } });
  });

  test("POST /schedules/:schedule/run refuses a package that may not be started by hand, and an unknown schedule", async () => {
    await world.push("alone", scheduled({ allow_manual_triggering: false }));
    const { id } = await scheduleOf("alone");
    expect(await refused(post(`/schedules/${id}/run`))).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(await refused(post("/schedules/sch_00000000000000000000/run"))).toMatchObject({ code: "NOT_FOUND" });
  });
});
