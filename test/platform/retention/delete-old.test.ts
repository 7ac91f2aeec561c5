import { type Database, openDatabase, type Sql } from "@sealrun/postgres";
import { executionId, logPage, type ReportItem, SealrunError, secretList, secretUses } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { deleteFeed } from "../../../packages/platform/src/feed/feed-store.ts";
import { deleteOld } from "../../../packages/platform/src/retention/delete-old.ts";
import {
  deleteExecutions,
  listOverdue,
  lockFinished,
  preferIndexes,
  tryAlone,
} from "../../../packages/platform/src/retention/old-store.ts";
import { ask, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { readBlocks } from "../../support/read-events.ts";

let world: ExecutionsWorld;
let database: Database;
beforeAll(async () => {
  world = await startExecutionsWorld();
  ({ database } = world);
});
afterAll(async () => world.close());
beforeEach(async () => {
  await database.run(
    "update installation set deletes_from = now(), executions_days = 90, logs_days = 30, held_at = null, held_by = null",
  );
  await database.run("update projects set executions_days = null, logs_days = null");
});
// What a test has set must not make the platform itself delete.
afterEach(async () => void (await database.run("update installation set deletes_from = now() + interval '1 day'")));

const fitness = { clockFault: () => undefined };
const log = pino({ level: "silent" });
const removeOld = async (signal = new AbortController().signal): Promise<void> =>
  deleteOld({ database, fitness, log }, signal);

const line = (text: string): ReportItem => ({ type: "log", step: 0, stream: "stdout", text, time: 1_000 });
const read: ReportItem = {
  type: "read",
  step: 0,
  name: "DB_PASS",
  scope: "service",
  version: 1,
  outcome: "read",
  time: 2_000,
};

/** An execution that has ended, with a log, a receipt and a result, and of which nothing is awaited. */
async function finish(): Promise<string> {
  const { ref } = await world.claim("report");
  await world.peer.report(ref, 1, [
    { type: "step-started", step: 0, time: 1_000 },
    line("hello"),
    read,
    {
      type: "step-finished",
      step: 0,
      status: "succeeded",
      exitCode: 0,
      durationMs: 5,
      result: { rows: 3 },
      time: 3_000,
    },
  ]);
  await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
  await until(async () => (await world.show(ref.executionId)).reportsComplete);
  await until(
    async () =>
      (await database.run("select from attempts where execution_id = $1 and grant_ended_at is not null", [
        ref.executionId,
      ])) === 1,
  );
  return ref.executionId;
}

async function age(id: string, days: number): Promise<void> {
  await database.run("update executions set finished_at = now() - $2 * interval '1 day' where id = $1", [id, days]);
}

const status = async (id: string): Promise<number> => (await send(world.platform, "GET", `/executions/${id}`)).status;

describe("deleteOld()", () => {
  test("deleteOld() deletes an execution with all rows that refer to it, and keeps the audit", async () => {
    const id = await finish();
    const other = await finish();
    await database.run(
      "insert into idempotency_keys (actor, key, request_sha256, execution_id) values ('a', 'k', 'x', $1)",
      [id],
    );
    await database.run(
      "insert into set_parts (execution_id, attempt, scope, name, sha256, part, sealed) values ($1, 1, 'project', 'A', 'x', 0, '')",
      [id],
    );
    await database.run(
      `insert into schedules (id, package_id, kind, cron, missed, created_by)
       select 'sch_of_old', package_id, 'script', '* * * * *', 'skip', 'test' from executions where id = $1`,
      [id],
    );
    await database.run(
      "insert into schedule_runs (schedule_id, due_at, execution_id) values ('sch_of_old', now(), $1)",
      [id],
    );
    for (const [event, sender] of [
      ["evt_of_old", null],
      ["evt_sent", id],
    ]) {
      await database.run(
        `insert into events (id, project_id, type, source, execution_id, depth)
         select $2, project_id, 'a', 'b', $3, 0 from executions where id = $1`,
        [id, event, sender],
      );
    }
    await database.run(
      "insert into event_runs (event_id, package_id, execution_id) select 'evt_of_old', package_id, id from executions where id = $1",
      [id],
    );
    await database.run(
      `insert into execution_feed (execution_id, cursor, kind, body) values ($1, 1, 'status', '{"status":"queued"}')`,
      [id],
    );
    await database.run(
      `insert into connections (execution_id, attempt, step, host, port, outcome, connections, sent_bytes, received_bytes, at)
       values ($1, 1, 0, 'a.test', 443, 'connected', 1, 0, 0, now())`,
      [id],
    );
    const audited = await count(database, "select count(*) from audit where object = $1", [id]);
    const before = await referring(id);
    // The outbox refers only to executions that have not ended.
    expect(before.filter(({ rows }) => rows === 0).map(({ table }) => table)).toEqual(["outbox"]);
    await age(id, 91);
    await removeOld();
    expect((await referring(id)).filter(({ rows }) => rows > 0)).toEqual([]);
    expect(await status(id)).toBe(404);
    expect(await status(other)).toBe(200);
    expect(await count(database, "select count(*) from audit where object = $1", [id])).toBe(audited);
    expect(await count(database, "select count(*) from events where id = 'evt_sent'")).toBe(1);
    const row = z.object({ actor: z.string(), detail: z.unknown() });
    expect(await database.rows(row, "select actor, detail from audit where action = 'retention.delete'")).toEqual([
      { actor: "sealrun retention", detail: { executions: 1, days: 90, rule: "platform" } },
    ]);
  });

  test("deleteOld() leaves on a secret when it was last read, by which package and step", async () => {
    const id = await finish();
    await age(id, 91);
    const place = "/projects/acme/packages/report/secrets";
    const last = { version: 1, at: "1970-01-01T00:00:02.000Z" };
    await removeOld();
    expect(await status(id)).toBe(404);
    const listed = await ask(world.platform, secretList, ["GET", place]);
    expect(listed.secrets).toMatchObject([{ name: "DB_PASS", lastRead: last }]);
    await database.run("delete from receipts");
    expect((await ask(world.platform, secretUses, ["GET", `${place}/DB_PASS/uses`])).uses).toMatchObject([
      { package: "report", lastRead: { ...last, execution: null, step: "main.sh" } },
    ]);
    expect((await ask(world.platform, secretList, ["GET", place])).secrets).toMatchObject([{ lastRead: last }]);
  });

  test("deleteOld() deletes only the log and the results first, and says so by which limit", async () => {
    const id = await finish();
    await database.run("update projects set executions_days = 60, logs_days = 10 where name = 'acme'");
    await age(id, 11);
    await removeOld();
    const shown = await world.show(id);
    expect(shown).toMatchObject({ status: "succeeded", reportsComplete: true, reportsGap: null });
    expect(shown.steps).toMatchObject([{ status: "succeeded", output: "", result: null }]);
    expect(shown.receipt).toMatchObject([{ name: "DB_PASS" }]);
    expect(shown.logDeleted).toMatchObject({
      days: 10,
      rule: "project",
      sentence: expect.stringMatching(
        /^Retention deleted the log and the results of the steps on \d{4}-\d\d-\d\d: the project keeps logs for 10 days$/,
      ),
    });
    const page = await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`]);
    expect(page).toEqual({ lines: [], next: null, logDeleted: shown.logDeleted });
    const blocks = [];
    for await (const block of readBlocks(await send(world.platform, "GET", `/executions/${id}/events`)))
      blocks.push(block);
    // The first status is not stored, so it is not deleted either.
    expect(blocks.filter((block) => block.startsWith("event: "))).toHaveLength(2);
    expect(blocks.at(-2)).toMatch(/^event: status\nid: 1\ndata: \{"status":"queued"\}/);
    expect(blocks.at(-1)).toMatch(/^event: end\nid: 1\ndata: \{"status":"succeeded","logDeleted":\{/);
    await age(id, 61);
    await removeOld();
    expect(await status(id)).toBe(404);
  });

  test("deleteOld() leaves what is young, unfinished, awaited, not ended at the keyring, or kept forever", async () => {
    const young = await finish();
    await age(young, 29);
    const queued = await world.start("report");
    const { ref: running } = await world.claim("report");
    await database.run("update executions set created_at = now() - interval '400 days'");
    const awaited = await finish();
    await age(awaited, 400);
    await database.run("update executions set reports = 'awaited' where id = $1", [awaited]);
    const granted = await finish();
    await age(granted, 400);
    const stop = await holdGrantEnd(granted);
    await removeOld();
    const forever = await finish();
    await age(forever, 3_000);
    await database.run("update projects set executions_days = 0, logs_days = 0");
    await removeOld();
    for (const id of [young, queued, running.executionId, awaited, granted, forever]) {
      expect(await status(id), id).toBe(200);
      expect((await world.show(id)).logDeleted, id).toBe(null);
    }
    await stop();
    await database.run("update executions set reports = 'complete' where id = $1", [awaited]);
    await database.run("update projects set executions_days = null, logs_days = null");
    await until(async () => {
      await removeOld();
      return (await status(granted)) === 404;
    });
    expect([await status(awaited), await status(forever), await status(young)]).toEqual([404, 404, 200]);
    await world.peer.rpc.finish({ ...running, status: "succeeded", lastSequence: 0 });
  });

  test("deleteOld() passes over what is locked, and nothing that starts or ends waits for it", async () => {
    const [locked, free] = [await finish(), await finish()];
    for (const id of [locked, free]) await age(id, 91);
    await database.transaction(async (sql) => {
      await sql.run("select from executions where id = $1 for update", [locked]);
      await removeOld();
      expect([await status(locked), await status(free)]).toEqual([200, 404]);
    });
    await database
      .transaction(async (sql) => {
        // A batch that is not committed yet.
        const ids = [executionId.parse(locked)];
        await deleteFeed(sql, ids, 1_000);
        await deleteExecutions(sql, ids);
        expect(await status(await finish())).toBe(200);
        throw new SealrunError("TIMED_OUT", "the batch is taken back");
      })
      .catch((error: unknown) => expect(error).toMatchObject({ code: "TIMED_OUT" }));
    await removeOld();
    expect(await status(locked)).toBe(404);
  });

  test("deleteOld() does nothing during a hold, in the first day, with a wrong clock, or beside another platform", async () => {
    const id = await finish();
    await age(id, 400);
    await database.run("update installation set held_at = now(), held_by = 'test'");
    await removeOld();
    await database.run("update installation set held_at = null, deletes_from = now() + interval '1 hour'");
    await removeOld();
    await database.run("update installation set deletes_from = now()");
    const wrong = { clockFault: () => new SealrunError("CLOCK_WRONG", "The clock is off") };
    await deleteOld({ database, fitness: wrong, log }, new AbortController().signal);
    const second = await openDatabase({ config: world.platform.config.postgres, applicationName: "test" });
    await second.transaction(async (sql) => {
      expect(await tryAlone(sql)).toBe(true);
      await removeOld();
    });
    await second.close();
    expect(await status(id)).toBe(200);
    await removeOld();
    expect(await status(id)).toBe(404);
  });

  test("deleteOld() deletes an old event and an ended schedule once no execution is left that they started", async () => {
    const id = await finish();
    await database.run(
      `update executions set finished_at = now() - interval '10 days', trigger =
         '{"kind":"event","eventId":"evt_again","type":"a","source":"b","executionId":null}' where id = $1`,
      [id],
    );
    await database.run("delete from events");
    for (const [event, days] of [
      ["evt_again", 91],
      ["evt_old", 91],
      ["evt_new", 89],
    ]) {
      await database.run(
        `insert into events (id, project_id, type, source, depth, created_at)
         select $1, id, 'a', 'b', 0, now() - $2 * interval '1 day' from projects where name = 'acme'`,
        [event, days],
      );
    }
    await database.run("delete from schedule_runs");
    await database.run("delete from schedules");
    for (const [schedule, ended] of [
      ["sch_old", 91],
      ["sch_new", 89],
      ["sch_open", null],
    ]) {
      await database.run(
        `insert into schedules (id, package_id, kind, cron, missed, created_by, ended_at)
         select $1, id, 'script', '* * * * *', 'skip', 'test', now() - $2::int * interval '1 day'
         from packages where name = 'report'`,
        [schedule, ended],
      );
    }
    await removeOld();
    const ids = async (table: string): Promise<readonly string[]> =>
      (await database.rows(z.object({ id: z.string() }), `select id from ${table} order by id`)).map((row) => row.id);
    expect(await ids("events")).toEqual(["evt_again", "evt_new"]);
    expect(await ids("schedules")).toEqual(["sch_new", "sch_open"]);
    await age(id, 91);
    await removeOld();
    expect(await ids("events")).toEqual(["evt_new"]);
  });
});

describe("startRetention()", () => {
  test("startRetention() deletes at once after a limit has become shorter", async () => {
    const id = await finish();
    await age(id, 50);
    const stays = await finish();
    await age(stays, 40);
    const put = await send(world.platform, "PUT", "/platform/retention", {
      json: { executionsDays: 45, logsDays: 45 },
    });
    expect(put.status).toBe(200);
    await until(async () => (await status(id)) === 404);
    expect((await world.show(stays)).logDeleted).toBe(null);
  });
});

describe("deleteOld() with 10,000 old executions", () => {
  const many = 10_000;
  beforeAll(async () => {
    // Only the test may change the statistics of these tables.
    for (const table of ["executions", "execution_feed", "feed_blocks", "attempts", "receipts"]) {
      await database.run(`alter table ${table} set (autovacuum_enabled = off)`);
    }
    await makeOld(many, 100);
    await makeOld(200, 1);
  });

  test("deleteOld() finds the oldest and that nothing is left by reading a few rows, whatever the statistics say", async () => {
    const reads: number[] = [];
    const look = async (): Promise<void> => {
      reads.push(await countReads(async (sql) => void (await listOverdue(sql))));
      for (const hasLog of [true, false]) {
        reads.push(
          await countReads(async (sql) => {
            const [project] = await listOverdue(sql);
            if (project === undefined) throw new TypeError("Nothing is overdue");
            await lockFinished(sql, { projectId: project.projectId, hasLog, days: 90, limit: 10 });
          }),
        );
      }
    };
    await look();
    await database.run("analyze executions");
    await look();
    await database.run("update executions set has_log = false where id like 'exe_old%'");
    await look();
    await database.run("update executions set has_log = true where id like 'exe_old%'");
    for (const read of reads) expect(read, reads.join(" ")).toBeLessThan(50);
  });

  test("deleteOld() deletes them all in small transactions, goes on where it was stopped, and leaves the young", async () => {
    const stopping = new AbortController();
    const stopped = removeOld(stopping.signal);
    await until(async () => (await countOld()) < many - 300);
    stopping.abort();
    await stopped;
    const left = await countOld();
    expect(left).toBeGreaterThan(0);
    // Nothing is half deleted.
    expect(
      await count(
        database,
        "select count(distinct execution_id) from execution_feed where execution_id like 'exe_old100%'",
      ),
    ).toBe(left);
    expect(await count(database, "select count(*) from attempts where execution_id like 'exe_old100%'")).toBe(left);
    await removeOld();
    expect(await countOld()).toBe(0);
    for (const table of ["execution_feed", "feed_blocks", "attempts", "receipts", "execution_steps", "report_chunks"]) {
      expect(await count(database, `select count(*) from ${table} where execution_id like 'exe_old100%'`), table).toBe(
        0,
      );
    }
    expect(await count(database, "select count(*) from executions where id like 'exe_old1x%'")).toBe(200);
    expect(
      await count(database, "select max((detail ->> 'executions')::int) from audit where action = 'retention.delete'"),
    ).toBe(100);
  });
});

const countOld = async (): Promise<number> =>
  count(database, "select count(*) from executions where id like 'exe_old100%'");

/** Inserts finished executions with everything that a plain run leaves; their ids start with `exe_old` and the days. */
async function makeOld(rows: number, days: number): Promise<void> {
  const prefix = `exe_old${days}x`;
  const digits = 24 - prefix.length;
  await database.run(
    `insert into executions (id, project_id, package_id, version_id, pool_name, status, visible, sealed_names, attempt,
                             cursor, reports, last_sequence, executor_id, finished_at)
     select $1 || lpad(n::text, $4, '0'), k.project_id, k.id, v.id, 'default', 'succeeded', '{}', '[]', 1, 4, 'complete', 1,
            (select id from executors limit 1), now() - $2 * interval '1 day' - n * interval '1 second'
     from packages k join versions v on v.package_id = k.id and v.number = k.current_version, generate_series(1, $3) n
     where k.name = 'report'`,
    [prefix, days, rows, digits],
  );
  const of = "from executions e where e.id like $1 || '%'";
  const statements = [
    `insert into attempts (execution_id, attempt, executor_id, request_id, lease_until, ended_at, ended_as, granted_at, grant_ended_at)
     select e.id, 1, e.executor_id, e.id, now(), now(), 'finished', now(), now() ${of}`,
    `insert into execution_steps (execution_id, position, script, name, status) select e.id, 0, 'main.sh', 'main.sh', 'succeeded' ${of}`,
    `insert into execution_feed (execution_id, cursor, kind, step, stream, body)
     select e.id, c, 'log', 0, 'stdout', '{"step":"main.sh","level":null,"text":"x","time":"2027-01-01T00:00:00.000Z"}'
     from executions e, generate_series(1, 3) c where e.id like $1 || '%'`,
    // The feed of an execution that went on after blocks came.
    `insert into feed_blocks (execution_id, last_cursor, entry_count, kinds, steps, is_live, body)
     select e.id, 4, 1, 1, 0, true, '[[],["status","succeeded"]]' ${of}`,
    `insert into report_chunks (execution_id, attempt, sequence) select e.id, 1, 1 ${of}`,
    `insert into receipts (execution_id, attempt, step, name, scope, version, outcome, at, owner_id)
     select e.id, 1, 0, 'DB_PASS', 'service', 1, 'read', e.finished_at, e.package_id ${of}`,
  ];
  for (const statement of statements) await database.run(statement, [prefix]);
}

/** Rows of `executions` that a transaction reads. */
async function countReads(work: (sql: Sql) => Promise<void>): Promise<number> {
  const readRow = z.object({ rows: z.coerce.number() });
  const text = `select seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'executions'`;
  return database.transaction(async (sql) => {
    await preferIndexes(sql);
    const before = (await sql.row(readRow, text))?.rows ?? 0;
    await work(sql);
    return ((await sql.row(readRow, text))?.rows ?? Number.NaN) - before;
  });
}

async function count(sql: Sql, text: string, values: readonly unknown[] = []): Promise<number> {
  const row = await sql.row(z.record(z.string(), z.coerce.number()), text, values);
  return Object.values(row ?? {})[0] ?? Number.NaN;
}

/** How many rows of each table refer to an execution, by the foreign keys of the database. */
async function referring(id: string): Promise<readonly { readonly table: string; readonly rows: number }[]> {
  const keys = await database.rows(
    z.object({ table: z.string(), column: z.string() }),
    `select c.conrelid::regclass::text as table, a.attname as column
     from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = 'executions'::regclass order by 1`,
  );
  expect(keys.length).toBeGreaterThan(10);
  return Promise.all(
    keys.map(async ({ table, column }) => ({
      table,
      rows: await count(database, `select count(*) from ${table} where ${column} = $1`, [id]),
    })),
  );
}

/** Makes a grant look as if the keyring had not confirmed its end; the answer lets it be confirmed. */
async function holdGrantEnd(id: string): Promise<() => Promise<void>> {
  // The platform confirms such an end within seconds, unless the row is held.
  const holder = await openDatabase({ config: world.platform.config.postgres, applicationName: "test" });
  let isReleased = false;
  const isHeld = Promise.withResolvers<undefined>();
  await holder.run("update attempts set grant_ended_at = null where execution_id = $1", [id]);
  const holding = holder.transaction(async (sql) => {
    await sql.run("select from attempts where execution_id = $1 for update", [id]);
    isHeld.resolve(undefined);
    await until(async () => {
      // A transaction that is idle for long is ended.
      await sql.run("select 1");
      return isReleased;
    });
  });
  await isHeld.promise;
  return async () => {
    isReleased = true;
    await holding;
    await holder.close();
  };
}
