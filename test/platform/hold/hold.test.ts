import { start as startPlatform } from "@sealrun/platform";
import { holdState, platformHealth, resumeAnswer, sentEvent } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, send } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

const log = pino({ level: "silent" });
let world: ExecutionsWorld;
let second: Awaited<ReturnType<typeof startPlatform>>;
beforeAll(async () => {
  world = await startExecutionsWorld();
  second = await startPlatform(world.platform.config, { log });
});
afterAll(async () => {
  await second.close();
  await world.close();
});
afterEach(async () => resume());

const other = () => ({ url: second.url, token: world.platform.token });
const hold = async () => ask(world.platform, holdState, ["POST", "/platform/hold"]);
/** Asks the other platform, not the one that began the hold. */
const resume = async () => ask(other(), resumeAnswer, ["POST", "/platform/resume"]);
const countOf = async (name: string): Promise<number> =>
  world.database.run("select 1 from executions e join packages p on p.id = e.package_id where p.name = $1", [name]);
const missedOf = async (name: string): Promise<number> =>
  world.database.run(
    `select 1 from audit a join packages p on p.id = a.object where p.name = $1 and a.action = 'schedule.missed'`,
    [name],
  );
/** Waits until the platforms have checked the outbox and due times: they do so at least once a second. */
async function bothChecked(): Promise<void> {
  await world.database.run("select pg_notify('sealrun_outbox', ''), pg_notify('sealrun_schedules', '')");
  const marker = await world.start("report", { notBefore: new Date(Date.now() + 1_500).toISOString() });
  const isDue = "select 1 from outbox where execution_id = $1 and is_due";
  await until(async () => (await world.database.run(isDue, [marker])) === 1);
}
/** The next event of an execution. */
async function takeOf(id: string) {
  for (;;) {
    const { event, message } = await world.peer.take();
    message.done();
    if (event.executionId === id) return event;
  }
}

describe("POST /api/v1/platform/hold", () => {
  test("POST /platform/hold stops both platforms from publishing queued executions, and says so, until the hold ends", async () => {
    const { hold: held } = await hold();
    expect(held).toMatchObject({ by: "admin", since: expect.stringMatching(/^\d{4}-/) });
    expect(await hold()).toEqual({ hold: held });
    expect(await ask(other(), holdState, ["GET", "/platform/hold"])).toEqual({ hold: held });
    const id = await world.start("report");
    const sentence = `The platform is held since ${held?.since} by admin; nothing`;
    expect((await world.show(id)).waiting).toContain(`${sentence} starts until: sealrun platform resume`);
    const { checks } = await ask(other(), platformHealth, ["GET", "/platform/health"]);
    expect(checks.find(({ name }) => name === "hold")).toMatchObject({
      state: "warning",
      sentence: `${sentence} new starts until: sealrun platform resume`,
    });
    await bothChecked();
    expect(await world.database.run("select 1 from executions where published_at is not null")).toBe(0);
    expect(await resume()).toEqual({ hold: held, due: 0 });
    expect(await resume()).toEqual({ hold: null, due: 0 });
    await world.peer.claim(await takeOf(id));
    const audit = await world.database.rows(
      z.object({ action: z.string(), actor: z.string() }),
      "select action, actor from audit where action like 'platform.%' order by seq",
    );
    expect(audit).toEqual([
      { action: "platform.hold", actor: "admin" },
      { action: "platform.resume", actor: "admin" },
    ]);
  });

  test("POST /platform/hold refuses claims of published events, and publishes their executions again afterwards", async () => {
    const before = await world.take("report");
    const running = await world.claim("report");
    await hold();
    expect(await codeOf(world.peer.claim(before))).toBe("CLAIM_REFUSED");
    expect(await world.show(before.executionId)).toMatchObject({ status: "queued", attempts: [] });
    // Running executions go on to their end.
    expect(await running.rpc.renew(running.ref)).toMatchObject({ cancel: false });
    await running.rpc.finish({ ...running.ref, status: "succeeded", lastSequence: 0 });
    expect((await world.show(running.ref.executionId)).status).toBe("succeeded");
    await resume();
    const again = await takeOf(before.executionId);
    expect(again.generation).toBeGreaterThan(before.generation);
    expect(await codeOf(world.peer.claim(before))).toBe("CLAIM_REFUSED");
    expect((await world.peer.claim(again)).ref.attempt).toBe(1);
  });

  test("POST /platform/hold accepts events and lets their executions wait", async () => {
    await world.push("hears", { "main.sh": "true\n", "manifest.json": '{"trigger_events":["made"]}' });
    await hold();
    const sent = await ask(other(), sentEvent, ["POST", "/projects/acme/events", { json: { type: "made" } }]);
    const [id = ""] = sent.started;
    expect(await world.show(id)).toMatchObject({ status: "queued", waiting: expect.stringContaining("is held") });
    await resume();
    expect((await takeOf(id)).executionId).toBe(id);
  });

  test("POST /platform/hold starts nothing that is due, and afterwards missed times run by their policy", async () => {
    await world.push("often", { "main.sh": "true\n", "manifest.json": '{"schedule":"* * * * * *"}' });
    const once = '{"schedule":{"cron":"* * * * * *","missed":"run_once"}}';
    await world.push("rarely", { "main.sh": "true\n", "manifest.json": once });
    await until(async () => (await countOf("often")) > 0 && (await countOf("rarely")) > 0);
    const { hold: held } = await hold();
    // Waits for due times that were being run when the hold began.
    await world.database.run("select from schedules for update");
    const counts = await Promise.all(["often", "rarely"].map(countOf));
    await bothChecked();
    expect(await Promise.all(["often", "rarely"].map(countOf))).toEqual(counts);
    expect((await resume()).due).toBe(2);
    const runsIn = async (name: string): Promise<number> =>
      world.database.run(
        `select 1 from schedule_runs r join schedules s on s.id = r.schedule_id join packages p on p.id = s.package_id
         join installation i on r.due_at > $2 and r.due_at <= i.resumed_at where p.name = $1`,
        [name, held?.since],
      );
    await until(
      async () => (await countOf("often")) > (counts[0] ?? 0) && (await countOf("rarely")) > (counts[1] ?? 0),
    );
    expect(await missedOf("often")).toBe(1);
    expect([await runsIn("often"), await runsIn("rarely")]).toEqual([0, 1]);
    for (const name of ["often", "rarely"]) await world.push(name, { "main.sh": "true\n" });
  });

  test("POST /platform/hold needs an admin", async () => {
    for (const path of ["hold", "resume"]) {
      const answer = await send({ url: second.url, token: "sr_adm_00000000000000000000" }, "POST", `/platform/${path}`);
      expect(answer.status).toBe(401);
    }
  });
});

describe("holdAtStart()", () => {
  test("holdAtStart() holds every platform, and skips due times that may have run", async () => {
    const startHeld = async (): Promise<void> =>
      (await startPlatform(world.platform.config, { log, hold: true })).close();
    await startHeld();
    const { hold: held } = await ask(other(), holdState, ["GET", "/platform/hold"]);
    expect(held?.by).toMatch(/^sealrun platform --hold on \S+$/);
    await resume();
    const manifest = '{"schedule":{"cron":"0 0 1 1 *","missed":"run_once"}}';
    await world.push("late", { "main.sh": "true\n", "manifest.json": manifest });
    await hold();
    // As in a restored database: due since the backup.
    await world.database.run(
      `update schedules s set next_at = clock_timestamp() - interval '1 hour' from packages p
       where p.id = s.package_id and p.name = 'late'`,
    );
    await startHeld();
    expect((await resume()).due).toBe(1);
    await until(async () => (await missedOf("late")) === 1);
    expect(await countOf("late")).toBe(0);
  });
});
