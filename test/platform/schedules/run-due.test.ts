import { start as startPlatform } from "@sealrun/platform";
import { executionInfo, limits } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world?.close());

/** Once an hour, and not while these tests run: that is half an hour from now. */
const hourly = `${(new Date().getUTCMinutes() + 30) % 60} * * * *`;
const push = async (name: string, manifest: object): Promise<void> =>
  world.push(name, { "main.sh": "true\n", "manifest.json": JSON.stringify(manifest) });
const runRow = z.object({ due_at: z.date(), execution_id: z.string() });
const runsOf = async (name: string) =>
  world.database.rows(
    runRow,
    `select r.due_at, r.execution_id from schedule_runs r join schedules s on s.id = r.schedule_id
       join packages p on p.id = s.package_id where p.name = $1 order by r.due_at`,
    [name],
  );
const failuresOf = async (name: string): Promise<number> =>
  world.database.run(
    `select 1 from audit a join packages p on p.id = a.object where p.name = $1 and a.action = 'schedule.failed'`,
    [name],
  );
/** Puts the next due time of a package this many seconds into the past, as a platform that was down finds it. */
const putBack = async (name: string, seconds: number): Promise<void> => {
  await world.database.run(
    `update schedules s set next_at = date_trunc('second', clock_timestamp()) - $2 * interval '1 second'
     from packages p where p.id = s.package_id and p.name = $1`,
    [name, seconds],
  );
};

describe("startScheduler()", () => {
  test("startScheduler() runs every due time of a short gap, each once", async () => {
    await push("short", { schedule: "* * * * * *", priority: 2 });
    await putBack("short", 10);
    await until(async () => (await runsOf("short")).length >= 12);
    await push("short", {});
    const times = (await runsOf("short")).map(({ due_at }) => due_at.getTime());
    expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 1_000));
    const [first] = await runsOf("short");
    const run = await ask(world.platform, executionInfo, ["GET", `/executions/${first?.execution_id}`]);
    expect(run).toMatchObject({ priority: 2, trigger: { kind: "schedule", dueAt: first?.due_at.toISOString() } });
    const audit = await world.database.row(
      z.object({ actor: z.string() }),
      "select actor from audit where action = 'execution.start' and object = $1",
      [first?.execution_id],
    );
    expect(audit?.actor).toMatch(/^schedule sch_/);
  });

  test("startScheduler() ends a schedule whose time zone no longer exists, and goes on with the others", async () => {
    await push("atlantis", { schedule: { cron: hourly, timezone: "Europe/Zurich" } });
    await push("mainland", { schedule: hourly });
    await world.database.run(
      `update schedules s set timezone = 'Europe/Atlantis' from packages p
       where p.id = s.package_id and p.name = 'atlantis'`,
    );
    await putBack("atlantis", 20);
    await putBack("mainland", 10);
    await until(async () => (await runsOf("mainland")).length === 1);
    expect(await runsOf("atlantis")).toEqual([]);
    expect(
      await world.database.run(
        `select 1 from schedules s join packages p on p.id = s.package_id
         where p.name = 'atlantis' and s.ended_at is not null`,
      ),
    ).toBe(1);
    expect(await failuresOf("atlantis")).toBe(1);
  });

  test("startScheduler() forgets what was missed, or runs once for all of it", async () => {
    const hours = 5 * 3_600;
    for (const missed of ["skip", "run_once"] as const) await push(missed, { schedule: { cron: hourly, missed } });
    await putBack("skip", hours);
    await putBack("run_once", hours);
    const isMovedOn = async (): Promise<boolean> =>
      (await world.database.run(
        `select 1 from schedules s join packages p on p.id = s.package_id
         where p.name in ('skip', 'run_once') and s.next_at > clock_timestamp()`,
      )) === 2;
    await world.database.run("select pg_notify('sealrun_schedules', '')");
    await until(isMovedOn);
    expect(await runsOf("skip")).toEqual([]);
    const runs = await runsOf("run_once");
    expect(runs).toHaveLength(1);
    expect(runs[0]?.due_at.getTime()).toBeGreaterThan(Date.now() - 3_600_000 - limits.scheduleGraceMs - 60_000);
  });

  test("startScheduler() on two platforms starts each due time once", async () => {
    const second = await startPlatform(world.platform.config, { log: pino({ level: "silent" }) });
    try {
      const names = ["one", "two", "three", "four"];
      for (const name of names) await push(name, { schedule: "* * * * * *" });
      for (const name of names) await putBack(name, 15);
      await until(async () => (await Promise.all(names.map(runsOf))).every((runs) => runs.length >= 16));
      for (const name of names) await push(name, {});
      for (const name of names) {
        const times = (await runsOf(name)).map(({ due_at }) => due_at.getTime());
        expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 1_000));
      }
    } finally {
      await second.close();
    }
  });

  test("startScheduler() passes over a due time whose version cannot be read, and runs the others", async () => {
    await push("broken", { schedule: "0 0 1 1 *" });
    await world.database.run("alter table versions disable trigger versions_are_history");
    await world.database.run(
      `update versions v set steps = '[{"script": 7}]' from packages p where p.id = v.package_id and p.name = 'broken'`,
    );
    await push("whole", { schedule: "* * * * * *" });
    await putBack("broken", 1);
    await until(async () => (await runsOf("whole")).length >= 2);
    await push("whole", {});
    // After the batch failed, each of the two is handled by itself.
    await until(async () => (await failuresOf("broken")) === 1);
    expect(await runsOf("broken")).toEqual([]);
  });
});
