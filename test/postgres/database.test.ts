import { type Database, openDatabase, type Sql } from "@sealrun/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { auditBell } from "../../packages/postgres/src/rings.ts";
import { freshDatabase } from "../support/servers.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { until } from "../support/until.ts";

const row = z.object({ name: z.string() });

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
  await database.run("create table things (name text primary key)");
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

test("openDatabase() names the address of a server that is not there, and no password", async () => {
  const config = { host: "127.0.0.1", port: 1, user: "user", password: "hidden", database: "main" };
  const failure: unknown = await openDatabase({ config, applicationName: "test" }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "POSTGRES_UNREACHABLE" });
  expect(String(failure)).toContain("127.0.0.1:1/main");
  expect(String(failure)).not.toContain("hidden");
});

test("openDatabase() refuses a wrong password and an unknown database as POSTGRES_UNREACHABLE", async () => {
  for (const wrong of [{ user: "nobody_of_that_name" }, { database: "none_of_that_name" }]) {
    const opening = openDatabase({ config: { ...fresh.address, ...wrong }, applicationName: "test" });
    await expect(opening).rejects.toMatchObject({ code: "POSTGRES_UNREACHABLE" });
  }
});

test("openDatabase() reads each row by its schema", async () => {
  expect(await database.rows(row, "select n as name from unnest($1::text[]) n", [["a", "b"]])).toEqual([
    { name: "a" },
    { name: "b" },
  ]);
  expect(await database.row(row, "select 'a' as name where false")).toBeUndefined();
  await expect(database.row(row, "select 7 as name")).rejects.toThrow(z.ZodError);
});

test("openDatabase() hands back the error of a statement as it is", async () => {
  await expect(database.run("select nothing from nowhere")).rejects.toMatchObject({ code: "42P01" });
});

test("transaction() commits what was done, or nothing of it", async () => {
  await database.transaction(async (sql) => sql.run("insert into things values ('kept')"));
  const failing = database.transaction(async (sql) => {
    await sql.run("insert into things values ('lost')");
    throw new RangeError("no more");
  });
  await expect(failing).rejects.toThrow("no more");
  expect(await database.rows(row, "select name from things")).toEqual([{ name: "kept" }]);
});

test("transaction() sends nothing after its rollback, on a connection that others use by then", async () => {
  const later = Promise.withResolvers<() => Promise<number>>();
  const failing = database.transaction(async (sql) => {
    await sql.run("select 1");
    // Another branch of the same work, which has not come to its statement when this one fails.
    later.resolve(async () => sql.run("insert into things values ('late')"));
    throw new RangeError("no more");
  });
  const failed = expect(failing).rejects.toThrow("no more");
  const addLate = await later.promise;
  // By then "rollback" is sent, and no answer can have come.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  await expect(addLate()).rejects.toThrow("after the last one");
  await failed;
  await expect(addLate()).rejects.toThrow("after the last one");
  expect(await database.row(row, "select name from things where name = 'late'")).toBeUndefined();
});

test("transaction() survives a connection that the server ends, and the pool goes on", async () => {
  const failing = database.transaction(async (sql) => sql.run("select pg_terminate_backend(pg_backend_pid())"));
  await expect(failing).rejects.toMatchObject({ code: "POSTGRES_UNREACHABLE" });
  expect(await database.row(row, "select 'alive' as name")).toEqual({ name: "alive" });
});

test("openDatabase() lives through a server that ends connections in the same packet as an answer", async () => {
  const wire = await startTcpProxy(() => ({ path: `${fresh.address.host}/.s.PGSQL.5432` }));
  const config = { ...fresh.address, host: "127.0.0.1", port: wire.port };
  const busy = await openDatabase({ config, applicationName: "ended with an answer" });
  const own = "application_name = 'ended with an answer'";
  const count = async (where: string): Promise<number> =>
    (await database.rows(row, `select pid::text as name from pg_stat_activity where ${own} and ${where}`)).length;
  const locked = Promise.withResolvers<void>();
  const frozen = Promise.withResolvers<void>();
  const holding = database.transaction(async (sql) => {
    await sql.run("select pg_advisory_xact_lock(1)");
    locked.resolve();
    await frozen.promise;
  });
  await locked.promise;
  // As many as the pool has connections, and a transaction that waits for the first to become free. None gets its answer
  // before all have begun and the wire is frozen.
  const asked = Array.from({ length: 10 }, async () => busy.run("select pg_advisory_xact_lock_shared(1)"));
  const answered = Promise.allSettled([...asked, busy.transaction(async (sql) => sql.run("select 1"))]);
  await until(async () => ((await count("state = 'active'")) === 10 ? true : undefined));
  wire.freeze();
  frozen.resolve();
  await holding;
  await until(async () => ((await count("state = 'idle'")) === 10 ? true : undefined));
  await database.run(`select pg_terminate_backend(pid) from pg_stat_activity where ${own}`);
  await until(async () => ((await count("true")) === 0 ? true : undefined));
  wire.thaw();
  const ends = await answered;
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  expect(ends.at(-1)).toMatchObject({ status: "rejected", reason: { code: "POSTGRES_UNREACHABLE" } });
  expect(await busy.run("select 1")).toBe(1);
  await busy.close();
  await wire.close();
});

test("transaction() sends begin with the first statement, and a commit with the last one", async () => {
  await database.transaction(async (sql) => {
    await Promise.all([
      sql.run("insert into things values ('one')"),
      sql.run("update things set name = 'two' where name = 'one'"),
    ]);
    expect(await sql.last(async () => sql.run("insert into things values ('three')"))).toBe(1);
    await expect(sql.run("select 1")).rejects.toThrow("after the last one");
  });
  const query = "select name from things where name in ('one', 'two', 'three') order by name";
  expect(await database.rows(row, query)).toEqual([{ name: "three" }, { name: "two" }]);
});

test("transaction() rolls back when the last statement fails, or one that others travelled with", async () => {
  const failing = database.transaction(async (sql) => {
    await sql.run("insert into things values ('four')");
    await sql.last(async () => sql.run("insert into things values ('four')"));
  });
  await expect(failing).rejects.toMatchObject({ code: "23505" });
  const together = database.transaction(async (sql) =>
    Promise.all([
      sql.run("insert into things values ('five')"),
      sql.run("insert into things values ('five')"),
      sql.run("insert into things values ('six')"),
    ]),
  );
  await expect(together).rejects.toMatchObject({ code: "23505" });
  expect(await database.row(row, "select name from things where name in ('four', 'five', 'six')")).toBeUndefined();
});

test("last() commits all that is sent before it waits, and refuses what comes after", async () => {
  const late = database.transaction(async (sql) =>
    sql.last(async () => {
      await Promise.all([
        sql.run("insert into things values ('eight')"),
        sql.run("insert into things values ('nine')"),
      ]);
      await sql.run("insert into things values ('ten')");
    }),
  );
  await expect(late).rejects.toThrow("after the last one");
  const query = "select name from things where name in ('eight', 'nine', 'ten') order by name";
  expect(await database.rows(row, query)).toEqual([{ name: "eight" }, { name: "nine" }]);
  expect(await database.transaction(async (sql) => sql.last(async () => "nothing to write"))).toBe("nothing to write");
});

test("last() commits nothing when any of its work fails, and tells that failure", async () => {
  const add = "insert into things values ($1)";
  const failing = async (work: (sql: Sql) => readonly Promise<unknown>[]): Promise<unknown> =>
    database
      .transaction(async (sql) => {
        await sql.run(add, ["before"]);
        return sql.last(async () => Promise.all(work(sql)));
      })
      .catch((error: unknown) => error);
  expect(
    await failing((sql) => [sql.run(add, ["first"]), sql.run(add, ["first"]), sql.run(add, ["last"])]),
  ).toMatchObject({ code: "23505" });
  // PostgreSQL hears of neither: a failure of the work itself, and a value that cannot be sent.
  const refuse = async (): Promise<void> => {
    await Promise.resolve();
    throw new RangeError("no more");
  };
  expect(await failing((sql) => [sql.run(add, ["first"]), refuse()])).toMatchObject({ message: "no more" });
  const unsendable = {
    toPostgres: () => {
      throw new RangeError("cannot be sent");
    },
  };
  expect(await failing((sql) => [sql.run(add, ["first"]), sql.run(add, [unsendable])])).toMatchObject({
    message: expect.stringContaining("cannot be sent"),
  });
  expect(await database.rows(row, "select name from things where name in ('before', 'first', 'last')")).toEqual([]);
});

test("transaction() fails when its work went on after a failed statement, because nothing is committed then", async () => {
  const goesOn = async (sql: Sql): Promise<unknown> =>
    Promise.allSettled([sql.run("insert into things values ('lost')"), sql.run("select nothing from nowhere")]);
  await expect(database.transaction(goesOn)).rejects.toThrow("went on after a failed statement");
  const last = database.transaction(async (sql) => sql.last(async () => goesOn(sql)));
  await expect(last).rejects.toThrow("went on after a failed statement");
  expect(await database.row(row, "select name from things where name = 'lost'")).toBeUndefined();
});

test("ring() calls the listeners after a commit that travelled with the last statement", async () => {
  let heard = 0;
  const stop = database.onRing("things", () => void (heard += 1));
  await database.transaction(async (sql) =>
    sql.last(async () => {
      await sql.run("select 1");
      sql.ring("things");
    }),
  );
  expect(heard).toBe(1);
  stop();
});

test("ring() calls the listeners in this process after the commit, and not after a rollback", async () => {
  const heard: number[] = [];
  const count = z.object({ count: z.number() });
  const rung = Promise.withResolvers<void>();
  const stop = database.onRing("things", () => {
    heard.push(heard.length);
    rung.resolve();
  });
  await database
    .transaction(async (sql) => {
      sql.ring("things");
      throw new RangeError("no more");
    })
    .catch(() => undefined);
  expect(heard).toEqual([]);
  await database.transaction(async (sql) => {
    sql.ring("things");
    sql.ring("things");
    await sql.run("insert into things values ('seven')");
    expect(heard).toEqual([]);
  });
  await rung.promise;
  expect(await database.row(count, "select count(*)::int from things where name = 'seven'")).toEqual({ count: 1 });
  stop();
  database.ring("things");
  expect(heard).toEqual([0]);
});

test("transaction() and run() ring the audit's bell when they have added rows to it, and only then", async () => {
  for (const table of ["audit", "audit_chain"]) await database.run(`create table ${table} (name text primary key)`);
  const rings = async (work: () => Promise<unknown>): Promise<number> => {
    let heard = 0;
    const stop = database.onRing(auditBell, () => void (heard += 1));
    await work().catch(() => undefined);
    stop();
    return heard;
  };
  let rows = 0;
  const add = async (sql: Sql): Promise<unknown> => sql.run("insert into audit values ($1)", [String((rows += 1))]);
  const others = async (sql: Sql): Promise<unknown> => {
    await sql.run("insert into audit_chain values ($1)", [String((rows += 1))]);
    return sql.rows(row, "select name from audit");
  };
  const fail = async (): Promise<never> => Promise.reject(new RangeError("no more"));
  const taken = [
    await rings(async () => add(database)),
    await rings(async () => database.transaction(async (sql) => add(sql))),
    await rings(async () => database.transaction(async (sql) => Promise.all([add(sql), others(sql), add(sql)]))),
    await rings(async () => database.transaction(async (sql) => sql.last(async () => add(sql)))),
    await rings(async () => database.run("insert into audit values ('1')")),
    await rings(async () => database.transaction(async (sql) => add(sql).then(fail))),
    await rings(async () => others(database)),
    await rings(async () => database.transaction(others)),
  ];
  expect(taken).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
});

test("openDatabase() prepares a statement again whose columns a migration has changed", async () => {
  await database.run("create table shapes (name text)");
  await database.run("insert into shapes values ('7')");
  const read = async () =>
    database.row(z.object({ name: z.coerce.string() }), "select name from shapes where $1", [true]);
  for (let uses = 0; uses < 8; uses += 1) expect(await read()).toEqual({ name: "7" });
  await database.run("alter table shapes alter column name type int using name::int");
  // Whoever asks again is answered: the error says that PostgreSQL could not be used just then.
  const refused = await read().catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "POSTGRES_UNREACHABLE" });
  expect(await read()).toEqual({ name: "7" });
});
