import { newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  chooseBehindLimits,
  lockPool,
  lockReady,
  markPublished,
  maxBatch,
  readChoice,
} from "../../../packages/platform/src/dispatch/choice-store.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

const waiting = 10_000;
let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.push("urgent", { "main.sh": "true\n", "manifest.json": '{"max_concurrent":1}' });
});
afterAll(async () => world.close());

/** Inserts many executions of a package, not yet in the outbox. */
async function makeMany(name: string, priority: number): Promise<void> {
  await world.database.run(
    `insert into executions (id, project_id, package_id, version_id, pool_name, status, visible, sealed_names, priority)
     select 'exe_' || $1::text || lpad(n::text, 16, '0'), k.project_id, k.id, v.id, 'crowd', 'queued', '{}', '[]', $3
     from packages k join versions v on v.package_id = k.id and v.number = k.current_version, generate_series(1, $4) n
     where k.name = $2`,
    [name.slice(0, 4), name, priority, waiting],
  );
}

/** Adds all executions of a package to the outbox of a pool, as starts would. */
async function queueAll(name: string, pool = "crowd"): Promise<void> {
  await world.database.run(
    `insert into outbox (execution_id, pool, project_id, package_id, priority, number)
     select e.id, $2, e.project_id, e.package_id, e.priority, e.number
     from executions e join packages k on k.id = e.package_id where k.name = $1 and e.pool_name = 'crowd'`,
    [name, pool],
  );
}

const readRow = z.object({ rows: z.coerce.number() });
/** Rows of the outbox that this connection has read; it may count an earlier transaction, so take the difference. */
async function countReads(sql: Sql): Promise<number> {
  const found = await sql.row(
    readRow,
    `select seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'outbox'`,
  );
  return found?.rows ?? Number.NaN;
}

/** The package of a pool's next execution, and the rows read to find it; with `isLimited`, `urgent` is at its limit. */
async function choose(isLimited: boolean): Promise<{ readonly of: string | undefined; readonly read: number }> {
  const nameRow = z.object({ id: z.string(), name: z.string() });
  const urgent = await world.database.row(nameRow, "select id, name from packages where name = 'urgent'");
  return world.database.transaction(async (sql) => {
    await lockPool(sql, "crowd");
    const before = await countReads(sql);
    const [chosen] = isLimited
      ? await chooseBehindLimits(sql, "crowd", urgent === undefined ? [] : [urgent.id])
      : (await readChoice(sql, "crowd")).first;
    const read = (await countReads(sql)) - before;
    const of = await sql.row(
      nameRow,
      "select k.id, k.name from executions e join packages k on k.id = e.package_id where e.id = $1",
      [chosen?.id],
    );
    return { of: of?.name, read };
  });
}

/** PostgreSQL's statistics about 20,000 waiting executions; the more urgent half belongs to one package. */
const knowledge: Readonly<Record<string, () => Promise<void>>> = {
  "that was never analysed": async () => {
    await queueAll("report");
    await queueAll("urgent");
  },
  "that was analysed while it was empty": async () => {
    await world.database.run("analyze outbox");
    await queueAll("report");
    await queueAll("urgent");
  },
  "that was analysed while one package was all": async () => {
    await queueAll("urgent");
    await world.database.run("analyze outbox");
    await queueAll("report");
  },
  "that was analysed while everything waited for another pool": async () => {
    await queueAll("report", "elsewhere");
    await world.database.run("analyze outbox");
    await world.database.run("delete from outbox");
    await queueAll("report");
    await queueAll("urgent");
  },
  "that was analysed while nothing was due": async () => {
    await queueAll("report");
    await world.database.run("update outbox set is_due = false");
    await world.database.run("analyze outbox");
    await world.database.run("update outbox set is_due = true");
    await queueAll("urgent");
  },
  "that was vacuumed while it was almost empty": async () => {
    await queueAll("report");
    await queueAll("urgent");
    // The last row keeps the pages in the table.
    await world.database.run("delete from outbox where ctid <> (select max(ctid) from outbox)");
    await world.database.run("vacuum outbox");
    await world.database.run("delete from outbox");
    await queueAll("report");
    await queueAll("urgent");
  },
  "that was analysed just now": async () => {
    await queueAll("report");
    await queueAll("urgent");
    await world.database.run("analyze outbox");
  },
};

describe("readChoice()", () => {
  beforeAll(async () => {
    await world.database.run("insert into pools (id, name) values ($1, 'crowd')", [newId("pool")]);
    // Only the test may change the statistics of the table.
    await world.database.run("alter table outbox set (autovacuum_enabled = off)");
    await makeMany("report", 5);
    await makeMany("urgent", 10);
  });
  beforeEach(async () => void (await world.database.run("truncate outbox")));

  test.each(Object.entries(knowledge))(
    "readChoice() looks at a few rows of 20,000, behind a limit as well, in a table %s",
    async (_, lay) => {
      await lay();
      const first = await choose(false);
      const behind = await choose(true);
      expect([first.of, behind.of]).toEqual(["urgent", "report"]);
      for (const { read } of [first, behind]) {
        expect(read).toBeGreaterThan(0);
        expect(read).toBeLessThan(10 + maxBatch);
      }
    },
  );

  test("chooseBehindLimits() skips a package whose only allowed execution is published", async () => {
    await queueAll("report");
    await queueAll("urgent");
    await world.database.transaction(async (sql) => {
      await lockPool(sql, "crowd");
      const { full, first } = await readChoice(sql, "crowd");
      expect(full).toEqual([]);
      expect(first).toHaveLength(maxBatch);
      const [urgent] = first;
      if (urgent === undefined) throw new TypeError("Nothing was chosen");
      const [ready] = (await lockReady(sql, [urgent.id])).values();
      if (ready === undefined || ready instanceof Error) throw new TypeError("Nothing was chosen");
      expect(ready).toMatchObject({ isLimited: true, package: { id: urgent.packageId, name: "urgent" } });
      const event = { id: ready.id, generation: 1, seq: 1, expiresAt: Date.now() + 60_000, granted: [] };
      await markPublished(sql, [event], { isLast: true });
    });
    await world.database.transaction(async (sql) => {
      await lockPool(sql, "crowd");
      const { full } = await readChoice(sql, "crowd");
      expect(full).toHaveLength(1);
      const chosen = await chooseBehindLimits(sql, "crowd", full);
      expect(chosen).toHaveLength(maxBatch);
      const locked = await lockReady(
        sql,
        chosen.map(({ id }) => id),
      );
      expect(locked.size).toBe(maxBatch);
      for (const { id, packageId } of chosen) {
        expect(locked.get(id)).toMatchObject({ package: { id: packageId, name: "report" } });
      }
    });
  });
});
