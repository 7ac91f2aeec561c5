import { holdState, openExecutions, resumeAnswer, settledExecutions } from "@sealrun/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, refused, send } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());
beforeEach(async () => void (await ask(world.platform, holdState, ["POST", "/platform/hold"])));

const resume = async () => ask(world.platform, resumeAnswer, ["POST", "/platform/resume"]);
const now = (): string => new Date().toISOString();
const settle = async (before: string, after?: string) =>
  ask(world.platform, settledExecutions, [
    "POST",
    "/executions/settle",
    { json: { before, ...(after === undefined ? {} : { after }) } },
  ]);
const open = async (before: string) =>
  (await ask(world.platform, openExecutions, ["GET", `/executions/open?before=${encodeURIComponent(before)}`])).open;
const restored = {
  status: "lost",
  error: {
    code: "RESTORED",
    message: "It was open when the backup was made; it is not known whether it ran after that",
  },
};

describe("POST /api/v1/executions/settle", () => {
  test("POST /executions/settle ends what is queued and what runs, with its steps, and leaves what came later", async () => {
    await resume();
    const { ref, rpc } = await world.claim("report");
    await world.peer.report(ref, 1, [{ type: "step-started", step: 0, time: Date.now() }]);
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
    await ask(world.platform, holdState, ["POST", "/platform/hold"]);
    const queued = await world.start("report");
    const later = await world.start("report", { notBefore: "2100-01-01T00:00:00Z" });
    const before = now();
    const after = await world.start("report");
    expect(await open(before)).toEqual([
      { project: "acme", package: "report", status: "queued", count: 1 },
      { project: "acme", package: "report", status: "running", count: 1 },
    ]);
    expect(await settle(before)).toEqual({ settled: 2, failed: [], next: null });
    expect(await settle(before)).toEqual({ settled: 0, failed: [], next: null });
    expect(await world.show(queued)).toMatchObject({ ...restored, steps: [{ status: "skipped" }], waiting: null });
    expect(await world.show(ref.executionId)).toMatchObject({
      ...restored,
      steps: [{ status: "failed", error: { code: "RESTORED" } }],
      attempts: [{ attempt: 1, end: "lost" }],
    });
    for (const id of [later, after]) expect((await world.show(id)).status).toBe("queued");
    // Requests of its executor are refused.
    expect(await codeOf(rpc.renew(ref))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 }))).toBe("LEASE_LOST");
    expect(await world.database.run("select 1 from outbox where execution_id = $1", [queued])).toBe(0);
    const audit = await world.database.rows(
      z.object({ actor: z.string(), detail: z.object({ status: z.string(), before: z.string() }) }),
      "select actor, detail from audit where action = 'execution.settle' and object = any ($1) order by seq",
      [[queued, ref.executionId]],
    );
    expect(audit.map(({ detail }) => detail.status).toSorted()).toEqual(["queued", "running"]);
    await resume();
    expect((await world.peer.take()).event.executionId).toBe(after);
  });

  test("POST /executions/settle ends 500 in one request and says where to go on; one that cannot be ended does not block others", async () => {
    await world.push("many");
    const first = await world.start("many");
    const broken = await world.start("many");
    await world.database.run(
      `insert into executions (id, project_id, package_id, version_id, pool_name, status, visible, sealed_names, trigger, on_lost, priority)
       select 'exe_' || lpad(n::text, 20, '0'), project_id, package_id, version_id, pool_name, status, visible, sealed_names, trigger, on_lost, priority
       from executions, generate_series(1, 600) n where id = $1`,
      [first],
    );
    await world.database.run("update executions set granted = '[7]' where id = $1", [broken]);
    const before = now();
    const page = await settle(before);
    expect(page).toMatchObject({ failed: [broken], next: expect.stringMatching(/^\d+$/) });
    const rest = await settle(before, page.next ?? "");
    expect(rest).toMatchObject({ failed: [], next: null });
    expect(await lostOf("many")).toBe(601);
    // And the one that the previous test left.
    expect(page.settled + rest.settled).toBe(602);
    await world.database.run("update executions set granted = '[]' where id = $1", [broken]);
    expect(await settle(before)).toEqual({ settled: 1, failed: [], next: null });
  });

  test("POST /executions/settle refuses a time in the future, one without a zone, and a platform that is not held", async () => {
    const post = async (before: string) =>
      refused(send(world.platform, "POST", "/executions/settle", { json: { before } }));
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    expect(await post(soon)).toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringContaining("when the backup"),
    });
    expect(await post("2026-01-01T00:00:00")).toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringContaining("a time with its zone"),
    });
    expect(await refused(send(world.platform, "GET", `/executions/open?before=${soon}`))).toMatchObject({
      status: 400,
    });
    await resume();
    expect(await post(now())).toMatchObject({
      status: 409,
      code: "PLATFORM_NOT_HELD",
      message: expect.stringContaining("sealrun platform hold"),
    });
  });
});

async function lostOf(name: string): Promise<number> {
  return world.database.run(
    "select 1 from executions e join packages p on p.id = e.package_id where p.name = $1 and e.status = 'lost'",
    [name],
  );
}
