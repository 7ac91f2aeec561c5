import { type Database, openDatabase } from "@sealrun/postgres";
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
