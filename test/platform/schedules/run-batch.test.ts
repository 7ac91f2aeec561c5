import type { Database, Sql } from "@sealrun/postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { noteCheck, readCheckedPeriods } from "../../../packages/platform/src/schedules/checked-store.ts";
import { openSchedulesWorld, type SchedulesWorld } from "../../support/schedules-world.ts";
import { until } from "../../support/until.ts";

let world: SchedulesWorld;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  world = await openSchedulesWorld();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await world.close();
});

const start = async (wrap?: (database: Database) => Database): Promise<void> => {
  stops.push(await world.startScheduler(wrap));
};
const runsOf = async (name: string): Promise<number> =>
  world.count(
    `schedule_runs r join schedules s on s.id = r.schedule_id join packages p on p.id = s.package_id where p.name = $1`,
    [name],
  );
const missed = async (): Promise<number> => world.count("audit where action = 'schedule.missed'");
const untilNoneIsDue = async (): Promise<void> => {
  await until(async () =>
    (await world.count("schedules where next_at <= clock_timestamp()")) === 0 ? true : undefined,
  );
};

/** Tells of each statement; `inTransaction` has those of transactions only, without begin and commit. */
function counting(database: Database, onStatement: (inTransaction: boolean) => void): Database {
  const counted = (sql: Sql, inTransaction: boolean): Sql => ({
    rows: async (...given) => (onStatement(inTransaction), sql.rows(...given)),
    row: async (...given) => (onStatement(inTransaction), sql.row(...given)),
    run: async (...given) => (onStatement(inTransaction), sql.run(...given)),
    last: async (work) => sql.last(work),
    ring: (bell) => sql.ring(bell),
  });
  return {
    ...database,
    ...counted(database, false),
    transaction: async (work, options) => database.transaction(async (sql) => work(counted(sql, true)), options),
  };
}

describe("runBatch()", () => {
  test("runBatch() on two platforms runs 2,000 due times once each, long after the grace", async () => {
    for (let n = 0; n < 20; n += 1) await world.addSchedules(`p${n}`, 100, 90);
    await world.checkedBetween([600, 80]);
    await Promise.all([start(), start()]);
    await untilNoneIsDue();
    expect(await world.count("schedule_runs")).toBe(2_000);
    expect(await world.count("executions e join schedule_runs r on r.execution_id = e.id")).toBe(2_000);
    for (const table of ["execution_steps", "outbox", "audit where action = 'execution.start'"]) {
      expect(await world.count(table)).toBe(2_000);
    }
    expect(await world.count("executions where cursor = 1")).toBe(2_000);
    expect(await missed()).toBe(0);
  });

  test("runBatch() forgets what came while all platforms were down, and says so once", async () => {
    await world.addSchedules("seen", 10, 605);
    await world.addSchedules("down", 10, 300);
    await world.addSchedules("grace", 10, 30);
    await world.checkedBetween([1_000, 600]);
    await start();
    await untilNoneIsDue();
    expect([await runsOf("seen"), await runsOf("down"), await runsOf("grace")]).toEqual([10, 0, 10]);
    expect(await missed()).toBe(10);
    const warnings = world.logged.filter(({ level }) => level >= 40);
    expect(warnings).toMatchObject([{ schedules: 10, forgotten: 10, oldestDueAt: expect.stringMatching(/Z$/) }]);
  });

  test("runBatch() asks PostgreSQL for a hundred due times as often as for one", async () => {
    const statements: number[] = [];
    for (const count of [1, 100]) {
      await world.addSchedules(`of-${count}`, count, 1);
      let asked = 0;
      const before = await world.count("schedule_runs");
      const stop = await world.startScheduler((database) =>
        counting(database, (inTransaction) => (asked += Number(inTransaction))),
      );
      await until(async () => ((await world.count("schedule_runs")) === before + count ? true : undefined));
      await stop();
      statements.push(asked);
    }
    expect(statements).toEqual([7, 7]);
  });

  test("runBatch() runs the others when one cannot be run and PostgreSQL refuses another", async () => {
    await world.addSchedules("fine", 97, 1);
    await world.addSchedules("atlantis", 1, 1);
    await world.addSchedules("refused", 1, 2);
    await setOf("atlantis", "timezone = 'Europe/Atlantis'");
    await world.database.run(
      `create function refuse_one() returns trigger language plpgsql as $$
       begin
         if exists (select from schedules s join packages p on p.id = s.package_id
                    where s.id = new.schedule_id and p.name = 'refused')
         then raise 'refused'; end if;
         return new;
       end $$`,
    );
    await world.database.run(
      "create trigger refuse_one before insert on schedule_runs for each row execute function refuse_one()",
    );
    await start();
    await until(async () => ((await runsOf("fine")) === 97 ? true : undefined));
    await until(async () => ((await world.count("audit where action = 'schedule.failed'")) === 1 ? true : undefined));
    expect(await world.count("schedules where ended_at is not null")).toBe(1);
    expect(await runsOf("refused")).toBe(0);
    await world.database.run("drop trigger refuse_one on schedule_runs");
    await until(async () => ((await runsOf("refused")) === 1 ? true : undefined));
  });
});

const setOf = async (name: string, change: string): Promise<void> => {
  await world.database.run(
    `update schedules s set ${change} from packages p where p.id = s.package_id and p.name = $1`,
    [name],
  );
};
/** Begin and end of each period in seconds ago, to the nearest ten: the machine may be busy. */
const secondsAgo = async (): Promise<readonly [number, number][]> => {
  const row = z.object({ now: z.date() });
  const now = (await world.database.row(row, "select clock_timestamp() as now"))?.now.getTime() ?? Number.NaN;
  return (await readCheckedPeriods(world.database)).map(({ since, until: last }) => [
    Math.round((now - since.getTime()) / 10_000) * 10,
    Math.round((now - last.getTime()) / 10_000) * 10,
  ]);
};

describe("noteCheck()", () => {
  test("noteCheck() goes on with a period within the grace, and begins another after it", async () => {
    await world.addSchedules("open", 1, 500);
    await world.checkedBetween([900, 400], [300, 50]);
    await noteCheck(world.database);
    expect(await secondsAgo()).toEqual([
      [900, 400],
      [300, 0],
    ]);
    await world.checkedBetween([900, 400], [300, 70]);
    await noteCheck(world.database);
    expect(await secondsAgo()).toEqual([
      [900, 400],
      [300, 70],
      [0, 0],
    ]);
  });

  test("noteCheck() forgets periods that no open due time depends on", async () => {
    await world.addSchedules("open", 1, 200);
    await world.checkedBetween([900, 400], [300, 250]);
    await noteCheck(world.database);
    expect(await secondsAgo()).toEqual([[0, 0]]);
  });

  test("noteCheck() by twenty at once leaves periods that all reach to now", async () => {
    await world.addSchedules("open", 1, 500);
    await Promise.all(Array.from({ length: 20 }, async () => noteCheck(world.database)));
    const periods = await secondsAgo();
    expect(new Set(periods.map(String))).toEqual(new Set(["0,0"]));
    await noteCheck(world.database);
    expect((await secondsAgo()).length).toBe(periods.length);
  });

  test("noteCheck() starts from now when the clock was set back", async () => {
    await world.checkedBetween([-100, -3_600]);
    await noteCheck(world.database);
    expect(await secondsAgo()).toEqual([[0, 0]]);
  });

  test("startScheduler() writes nothing while nothing is due", async () => {
    await world.addSchedules("later", 10, -600);
    let looks = 0;
    await start((database) => counting(database, () => (looks += 1)));
    await until(() => (looks >= 3 ? true : undefined));
    expect(await readCheckedPeriods(world.database)).toEqual([]);
  });
});
