import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  chooseNext,
  lockReady,
  markPublished,
  readRoom,
} from "../../../../packages/platform/src/executions/dispatch/choice-store.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../../support/executions-world.ts";

const waiting = 10_000;
let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.push("urgent", { "main.sh": "true\n", "manifest.json": '{"max_concurrent":1}' });
});
afterAll(async () => world.close());

/** Queues many executions of a package in a pool that nobody serves, as starts would. */
async function queueMany(name: string, priority: number): Promise<void> {
  await world.database.run(
    `with made as (
       insert into executions (id, project_id, package_id, version_id, pool_name, status, visible, sealed_names, priority)
       select 'exe_' || $1::text || lpad(n::text, 16, '0'), k.project_id, k.id, v.id, 'crowd', 'queued', '{}', '[]', $3
       from packages k join versions v on v.package_id = k.id and v.number = k.current_version, generate_series(1, $4) n
       where k.name = $2 returning *)
     insert into outbox (execution_id, pool, project_id, package_id, priority, number)
     select id, pool_name, project_id, package_id, priority, number from made`,
    [name.slice(0, 4), name, priority, waiting],
  );
}

const readRow = z.object({ rows: z.coerce.number() });
/** Rows of the outbox that PostgreSQL looked at while `work` ran, and never commits what it did. */
async function rowsRead(work: (sql: Sql) => Promise<unknown>): Promise<number> {
  let rows = Number.NaN;
  class RollBack extends Error {}
  await world.database
    .transaction(async (sql) => {
      await work(sql);
      const found = await sql.row(
        readRow,
        `select seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'outbox'`,
      );
      rows = found?.rows ?? Number.NaN;
      throw new RollBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof RollBack)) throw error;
    });
  return rows;
}

const chooseIn = async (sql: Sql) => chooseNext(sql, "crowd", await readRoom(sql, "crowd"));

describe("chooseNext()", () => {
  test("chooseNext() looks at a few rows of 10,000, behind a limit as well", async () => {
    await world.database.run("insert into pools (id, name) values ($1, 'crowd')", [newId("pool")]);
    await queueMany("report", 5);
    const first = await rowsRead(async (sql) => chooseIn(sql));
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(10);
    await queueMany("urgent", 10);
    const chosen = await chooseIn(world.database);
    await world.database.transaction(async (sql) => {
      const ready = chosen === undefined ? undefined : await lockReady(sql, chosen);
      if (ready === undefined) throw new TypeError("Nothing was chosen");
      expect(ready).toMatchObject({ isLimited: true, package: { name: "urgent" } });
      await markPublished(sql, ready.id, { generation: 1, seq: 1, expiresAt: Date.now() + 60_000, uploads: [] });
    });
    const next: NonNullable<typeof chosen>[] = [];
    const read = await rowsRead(async (sql) => {
      const id = await chooseIn(sql);
      if (id !== undefined) next.push(id);
    });
    expect(read).toBeLessThan(20);
    const behind = await world.database.transaction(async (sql) =>
      next[0] === undefined ? undefined : lockReady(sql, next[0]),
    );
    expect(behind).toMatchObject({ package: { name: "report" } });
  });
});
