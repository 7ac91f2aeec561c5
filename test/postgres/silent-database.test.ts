import { type Database, openDatabase } from "@sealrun/postgres";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { expect, test } from "vitest";
import { freshDatabase } from "../support/servers.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

const timeout = 60_000;

test(
  "watch() says that a half-open database is silent, and that it answers again when it is back",
  { timeout },
  async () => {
    await withWire(async (database, wire) => {
      const said = [true];
      const silent = Promise.withResolvers<void>();
      const back = Promise.withResolvers<void>();
      const stop = database.watch(({ isAnswering, aheadMs }) => {
        expect(Math.abs(aheadMs)).toBeLessThan(1_000);
        if (isAnswering === said.at(-1)) return;
        said.push(isAnswering);
        (isAnswering ? back : silent).resolve();
      });
      wire.freeze();
      await silent.promise;
      wire.heal();
      await back.promise;
      await stop();
      expect(said).toEqual([true, false, true]);
    });
  },
);

test(
  "listen() on a connection that fell silent connects again, and says that notices may be missing",
  { timeout },
  async () => {
    await withWire(async (database, wire) => {
      const heard = Promise.withResolvers<string>();
      const stop = await database.listen("news", heard.resolve);
      wire.freeze();
      const missed = database.run("select pg_notify('news', 'missed')").catch(() => undefined);
      wire.heal();
      await missed;
      expect(await heard.promise).toBe("");
      await stop();
    });
  },
);

test("transaction() that takes longer than it may is ended by PostgreSQL, and its locks go", { timeout }, async () => {
  await withWire(async (database) => {
    await database.run("create table held (id int)");
    const slow = database.transaction(
      async (sql) => {
        await sql.run("lock table held");
        await sql.run("select pg_sleep(60)");
      },
      { answerMs: 200 },
    );
    await expect(slow).rejects.toMatchObject({ code: "POSTGRES_UNREACHABLE" });
    const row = await database.row(z.object({ count: z.number() }), "select count(*)::int from held");
    expect(row).toEqual({ count: 0 });
  });
});

/** A database behind a wire that can be broken. */
async function withWire(
  work: (database: Database, wire: Awaited<ReturnType<typeof startTcpProxy>>) => Promise<void>,
): Promise<void> {
  const fresh = await freshDatabase();
  const { address } = fresh;
  const wire = await startTcpProxy(() => ({ path: `${address.host}/.s.PGSQL.5432` }));
  const config = { ...address, host: "127.0.0.1", port: wire.port };
  const database = await openDatabase({ config, applicationName: "test" });
  try {
    await work(database, wire);
  } finally {
    await database.close();
    await wire.close();
    await fresh.drop();
  }
}

test("watch() probes again, before its time, when a statement gets no answer", { timeout }, async () => {
  await withWire(async (database) => {
    const first = Promise.withResolvers<void>();
    let probes = 0;
    const stop = database.watch(() => {
      probes += 1;
      first.resolve();
    });
    await first.promise;
    await database.run("select pg_sleep(2)");
    expect(probes).toBe(2);
    await stop();
  });
});

test("isHearing() is true only while the listening connection answers", { timeout }, async () => {
  await withWire(async (database, wire) => {
    expect(database.isHearing()).toBe(false);
    const missed = Promise.withResolvers<string>();
    const stop = await database.listen("news", missed.resolve);
    expect(database.isHearing()).toBe(true);
    wire.freeze();
    while (database.isHearing()) await sleep(50);
    wire.heal();
    await missed.promise;
    expect(database.isHearing()).toBe(true);
    await stop();
  });
});

test("listen() and watch() of one process share one connection", { timeout }, async () => {
  await withWire(async (database) => {
    const probed = Promise.withResolvers<void>();
    const stops = [
      database.watch(() => probed.resolve()),
      ...(await Promise.all(["one", "two", "one"].map(async (name) => database.listen(name, () => undefined)))),
    ];
    await probed.promise;
    const row = z.object({ count: z.number() });
    const others = `select count(*)::int from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;
    expect(await database.row(row, others)).toEqual({ count: 1 });
    for (const stop of stops) await stop();
  });
});
