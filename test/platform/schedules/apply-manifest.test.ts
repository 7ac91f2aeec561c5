import { limits, scheduleId, scheduleList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, makePackage, plainForm, refused, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world?.close());

const push = async (name: string, manifest: object): Promise<void> =>
  world.push(name, { "main.sh": "true\n", "manifest.json": JSON.stringify(manifest) });
const list = async (name: string) =>
  (await ask(world.platform, scheduleList, ["GET", `/schedules?project=ACME&package=${name}`])).schedules;
const yearly = { cron: "0 7 1 1 *", timezone: "Europe/Zurich", missed: "run_once" } as const;

/** Asks for later runs from a run of the package, as its executor would. */
const askFromScript = async (name: string, when: { delayMs: number } | { cron: string; timezone?: string }) => {
  const { ref, rpc } = await world.claim(name);
  const id = newScheduleId();
  return { id, ref, rpc, reply: await rpc.schedule({ ...ref, id, when, sealedNames: [] }) };
};
let made = 0;
const newScheduleId = () => scheduleId.parse(`sch_${String((made += 1)).padStart(20, "0")}`);

describe("applySchedule()", () => {
  test("applySchedule() keeps a schedule over pushes that do not change it, changes it in place, and ends it", async () => {
    await push("rent", { schedule: yearly });
    const [first] = await list("rent");
    expect(first).toMatchObject({ kind: "manifest", ...yearly, isPaused: false, last: null });
    expect(first?.nextAt).toMatch(/-01-01T06:00:00\.000Z$/);
    await push("rent", { schedule: yearly, description: "another version" });
    expect(await list("rent")).toEqual([first]);
    await push("rent", { schedule: "0 8 1 1 *" });
    const [changed] = await list("rent");
    expect(changed).toMatchObject({ id: first?.id, timezone: null, missed: "skip" });
    expect(changed?.nextAt).toMatch(/-01-01T08:00:00\.000Z$/);
    await push("rent", {});
    expect(await list("rent")).toEqual([]);
  });

  test("applySchedule() pauses with active: false and makes nothing up for the pause", async () => {
    await push("pause", { schedule: "* * * * *" });
    const { reply, id } = await askFromScript("pause", { cron: "0 0 1 1 *" });
    const once = await askFromScript("pause", { delayMs: 1_000 * 3_600 });
    expect(reply.nextAt).toMatch(/-01-01T00:00:00\.000Z$/);
    await push("pause", { schedule: "* * * * *", active: false });
    const paused = await list("pause");
    expect(paused.map(({ isPaused, nextAt }) => [isPaused, nextAt])).toEqual(paused.map(() => [true, null]));
    expect(paused).toHaveLength(3);
    await world.database.run("update schedules set once_at = now() - interval '1 minute' where id = $1", [once.id]);
    await push("pause", { schedule: "* * * * *" });
    const resumed = await list("pause");
    expect(resumed).toMatchObject([{ kind: "manifest" }, { kind: "script", id }]);
    for (const { nextAt } of resumed) expect(Date.parse(nextAt ?? "")).toBeGreaterThan(Date.now() - limits.clockSkewMs);
    const row = await world.database.row(
      z.object({ n: z.number() }),
      "select count(*)::int as n from audit where action = 'schedule.missed' and detail ->> 'schedule' = $1",
      [once.id],
    );
    expect(row?.n).toBe(1);
  });

  test.each([
    ["61 7 * * *", "schedule: "],
    ["0 0 30 2 *", "never"],
    [{ cron: "0 7 * * *", timezone: "Europe/Zuric" }, "time zone"],
  ])("checkSchedule() refuses a push with %j and stores nothing", async (schedule, part) => {
    const name = "unfit";
    await makePackage(world.platform, "acme", name).catch(() => undefined);
    const files = { "main.sh": "true\n", "manifest.json": JSON.stringify({ schedule }) };
    const answer = await refused(
      send(world.platform, "POST", `/projects/acme/packages/${name}/versions`, { body: plainForm(files) }),
    );
    expect(answer).toMatchObject({ status: 400, code: "MANIFEST_INVALID" });
    expect(answer.message).toContain("manifest.json: schedule");
    expect(answer.message).toContain(part);
    expect(await list(name)).toEqual([]);
  });
});

describe("answerSchedule()", () => {
  test("answerSchedule() answers the same id again, and refuses it for another package", async () => {
    const { ref, rpc, id, reply } = await askFromScript("report", { delayMs: 7_200_000 });
    const again = await rpc.schedule({ ...ref, id, when: { delayMs: 1 }, sealedNames: [] });
    expect(again).toEqual(reply);
    await push("stranger", {});
    const other = await world.claim("stranger");
    await expect(other.rpc.schedule({ ...other.ref, id, when: { delayMs: 1 }, sealedNames: [] })).rejects.toMatchObject(
      { code: "BAD_REQUEST" },
    );
  });

  test("answerSchedule() refuses what cannot be followed, and more than a package may have", async () => {
    const { ref, rpc } = await world.claim("report");
    const asking = async (when: { delayMs: number } | { cron: string; timezone?: string }) =>
      rpc.schedule({ ...ref, id: newScheduleId(), when, sealedNames: [] });
    await expect(asking({ cron: "often" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(asking({ cron: "0 0 * * *", timezone: "Mars" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(asking({ delayMs: limits.scheduleDelayMs + 1 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await world.database.run(
      `insert into schedules (id, package_id, kind, cron, missed, created_by)
       select 'sch_' || lpad(n::text, 20, 'x'), (select package_id from executions where id = $1), 'script', '0 0 1 1 *',
              'skip', 'test'
       from generate_series(1, $2) n`,
      [ref.executionId, limits.schedulesPerPackage],
    );
    await expect(asking({ delayMs: 1_000 })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await world.database.run("delete from schedules where created_by = 'test'");
  });
});

describe("endSchedule()", () => {
  test("DELETE /api/v1/schedules/:schedule ends a script's and refuses the manifest's own", async () => {
    const { id } = await askFromScript("report", { cron: "0 0 1 1 *" });
    expect((await send(world.platform, "DELETE", `/schedules/${id}`)).status).toBe(200);
    expect(await refused(send(world.platform, "DELETE", `/schedules/${id}`))).toMatchObject({ code: "NOT_FOUND" });
    await push("own", { schedule: yearly });
    const [own] = await list("own");
    const answer = await refused(send(world.platform, "DELETE", `/schedules/${own?.id}`));
    expect(answer).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(await list("own")).toEqual([own]);
  });
});
