import { platformHealth, type PlatformHealth, poolList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused } from "../../support/api.ts";
import { until } from "../../support/executions-world.ts";
import { type BreakableWorld, startBreakableWorld } from "../../support/breakable-world.ts";

let world: BreakableWorld;
beforeAll(async () => {
  world = await startBreakableWorld({ slots: 4 });
});
afterAll(async () => world.close());

const look = async (): Promise<PlatformHealth> => ask(world.platform, platformHealth, ["GET", "/platform/health"]);
const states = ({ checks }: PlatformHealth) => Object.fromEntries(checks.map(({ name, state }) => [name, state]));
const sentence = ({ checks }: PlatformHealth, wanted: string): string =>
  checks.find(({ name }) => name === wanted)?.sentence ?? "";

describe("GET /platform/health", () => {
  test("GET /platform/health finds every part of a platform that works", async () => {
    await world.claim("report");
    const health = await look();
    expect(states(health)).toMatchObject({
      postgres: "good",
      nats: "good",
      streams: "good",
      keyring: "good",
      executors: "good",
      queue: "good",
      schedules: "good",
      hold: "good",
      clock: "good",
      audit: "good",
    });
    expect(health.checks.map(({ latencyMs }) => latencyMs !== null)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(health).toMatchObject({
      platform: { node: process.version, version: expect.stringMatching(/^\d/) },
      postgres: { version: expect.stringMatching(/^1\d/) },
      nats: { version: expect.stringMatching(/^2\./), streams: [{ name: "EXECUTIONS" }, { name: "REPORTS" }] },
      queue: { queued: 0, running: 1, oldestQueuedAt: null },
    });
    expect(health.postgres?.databaseBytes).toBeGreaterThan(1_000_000);
    expect(health.platform.memoryBytes).toBeGreaterThan(1_000_000);
  });

  test("GET /platform/health says what waits too long and why, but not of what has its time to come", async () => {
    await world.push("far", { "main.sh": "true\n", "manifest.json": '{"pool":"far"}' });
    await world.start("far", { notBefore: "2100-01-01T00:00:00Z" });
    await world.database.run(
      "update executions set created_at = created_at - interval '1 hour' where status = 'queued'",
    );
    const early = await look();
    expect(states(early)).toMatchObject({ queue: "good", executors: "warning" });
    expect(sentence(early, "executors")).toMatch(/^Pool far has no executor, and 1 package uses it\./);
    const id = await world.start("far");
    await world.database.run("update executions set created_at = created_at - interval '1 hour' where id = $1", [id]);
    const health = await look();
    expect(states(health)).toMatchObject({ queue: "warning", executors: "warning" });
    expect(sentence(health, "executors")).toBe(
      "Pool far has no executor, and 1 execution is waiting for it. Start an executor there, or name another pool in the manifest",
    );
    expect(sentence(health, "queue")).toBe(
      `Execution ${id} has waited for 60 minutes: Pool far has no executor; start one, or name another pool in the manifest`,
    );
    expect(health.queue).toMatchObject({ queued: 2, published: 0 });
  });

  test("GET /platform/health says which schedules missed due times while no platform was up, and what is late", async () => {
    // No due time of theirs comes while these tests run.
    const schedule = `${(new Date().getUTCMinutes() + 30) % 60} * * * *`;
    for (const name of ["hourly", "daily"]) {
      await world.push(name, { "main.sh": "true\n", "manifest.json": JSON.stringify({ schedule }) });
    }
    const dueAgo = async (name: string, seconds: number) =>
      world.database.run(
        `update schedules s set next_at = clock_timestamp() - $2 * interval '1 second'
         from packages p where p.id = s.package_id and p.name = $1`,
        [name, seconds],
      );
    await dueAgo("hourly", 7_200);
    const told =
      "1 schedule missed due times in the last 24 hours because no platform checked them; the newest is of acme/hourly";
    // Until a platform has dealt with it, it is late.
    await until(async () => sentence(await look(), "schedules") === told);
    // A package that is being pushed is passed by.
    await world.database.transaction(async (sql) => {
      await sql.run("select from packages where name = 'daily' for update");
      await dueAgo("daily", 90);
      expect(sentence(await look(), "schedules")).toMatch(/^The oldest due time has waited for \d+ seconds; /);
      await dueAgo("daily", -3_600);
    });
  });

  test("GET /platform/health calls it bad when executions wait and no executor is there", async () => {
    await world.peer.close();
    await world.database.run("update executors set last_seen_at = last_seen_at - interval '1 hour'");
    const health = await look();
    expect(states(health)).toMatchObject({ executors: "bad" });
    expect(sentence(health, "executors")).toContain("2 executions are waiting; check that one runs");
  });

  test("GET /platform/health answers while keyring and NATS are away", async () => {
    await world.platform.stopKeyring();
    expect(states(await look())).toMatchObject({ postgres: "good", keyring: "bad" });
    await world.nats.kill("SIGKILL");
    const health = await look();
    expect(states(health)).toMatchObject({ postgres: "good", nats: "bad", streams: "bad", keyring: "bad" });
    expect(health.nats).toBeNull();
    expect(health.queue).toMatchObject({ queued: 2 });
  });

  test("GET /platform/health is for admins", async () => {
    const answer = fetch(`${world.platform.url}/api/v1/platform/health`);
    expect(await refused(answer)).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  });
});

describe("GET /pools", () => {
  test("GET /pools lists pools with executors or something queued", async () => {
    const { pools } = await ask(world.platform, poolList, ["GET", "/pools"]);
    expect(pools).toMatchObject([
      { name: "default", executors: 0, slots: 0, running: 1, queued: 0, oldestQueuedAt: null },
      { name: "far", executors: 0, slots: 0, running: 0, queued: 2 },
    ]);
  });
});
