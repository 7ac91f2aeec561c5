import { newId } from "@sealrun/crypto";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase, watchFitness } from "@sealrun/postgres";
import { pino } from "pino";
import { z } from "zod";
import { startScheduler } from "../../packages/platform/src/schedules/run-due.ts";
import { freshDatabase } from "./servers.ts";

/** A database with packages and schedules, and the part of a platform that looks at due times. */
export interface SchedulesWorld {
  readonly database: Database;
  /** What the schedulers logged, parsed. */
  readonly logged: readonly { readonly level: number; readonly msg: string; readonly [key: string]: unknown }[];
  /** Adds schedules of one package, all due for the first time so many seconds ago, once an hour. */
  readonly addSchedules: (name: string, count: number, secondsAgo: number) => Promise<void>;
  /** Says that platforms checked schedules between these two moments, in seconds ago, and at no other time. */
  readonly checkedBetween: (...periods: readonly (readonly [from: number, to: number])[]) => Promise<void>;
  /** Starts what a platform does for due times, on a pool of its own; `wrap` may count what it asks. */
  readonly startScheduler: (wrap?: (database: Database) => Database) => Promise<() => Promise<void>>;
  readonly count: (text: string, values?: readonly unknown[]) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Opens a new database without a platform: nothing happens in it that a test does not start. */
export async function openSchedulesWorld(): Promise<SchedulesWorld> {
  const fresh = await freshDatabase();
  const applicationName = "test";
  await migrate({ config: fresh.address, applicationName, folder: migrationsFolder });
  const database = await openDatabase({ config: fresh.address, applicationName });
  await database.run("insert into installation (platform_id, storage_key_check) values ($1, '')", [newId("platform")]);
  const projectId = newId("project");
  await database.run("insert into projects (id, name) values ($1, 'acme')", [projectId]);
  const logged: z.infer<typeof logLine>[] = [];
  const log = pino({ level: "info" }, { write: (line) => logged.push(logLine.parse(JSON.parse(line))) });
  return {
    database,
    logged,
    addSchedules: async (name, count, secondsAgo) => {
      const packageId = newId("package");
      await database.run("insert into packages (id, project_id, name, current_version) values ($1, $2, $3, 1)", [
        packageId,
        projectId,
        name,
      ]);
      await database.run(
        `insert into versions (id, package_id, number, digest, author, manifest, config, steps)
         values ($1, $2, 1, '', 'test', '{}', '{}', '[{"script":"main.sh","name":"main","env":{}}]')`,
        [newId("version"), packageId],
      );
      const due = new Date(Math.floor(Date.now() / 1_000) * 1_000 - secondsAgo * 1_000);
      await database.run(
        `insert into schedules (id, package_id, kind, cron, missed, next_at, created_by)
         select unnest($1::text[]), $2, 'script', $3, 'skip', $4, 'test'`,
        [
          Array.from({ length: count }, () => newId("schedule")),
          packageId,
          `${due.getUTCSeconds()} ${due.getUTCMinutes()} * * * *`,
          due,
        ],
      );
    },
    checkedBetween: async (...periods) => {
      await database.run("delete from schedule_checked_periods");
      for (const [from, to] of periods) {
        await database.run(
          `insert into schedule_checked_periods (since, until)
           select clock_timestamp() - $1 * interval '1 second', clock_timestamp() - $2 * interval '1 second'`,
          [from, to],
        );
      }
    },
    startScheduler: async (wrap = (given) => given) => {
      const own = await openDatabase({ config: fresh.address, applicationName });
      const fitness = watchFitness(own, log);
      const stop = await startScheduler({ database: wrap(own), fitness, log });
      return async () => {
        await stop();
        await fitness.close();
        await own.close();
      };
    },
    count: async (text, values) =>
      (await database.row(z.object({ n: z.number() }), `select count(*)::int as n from ${text}`, values))?.n ?? 0,
    close: async () => {
      await database.close();
      await fresh.drop();
    },
  };
}

const logLine = z.looseObject({ level: z.number(), msg: z.string() });
