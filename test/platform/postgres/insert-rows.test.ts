import { type Database, openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { insertRows } from "../../../packages/platform/src/postgres/insert-rows.ts";
import { freshDatabase } from "../../support/servers.ts";

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
  await database.run("create table t (number integer primary key, bytes bytea)");
});
beforeEach(async () => {
  await database.run("truncate t");
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const sums = async () =>
  database.row(
    z.object({ count: z.string(), sum: z.string(), bytes: z.string() }),
    "select count(*)::text as count, coalesce(sum(number), 0)::text as sum, coalesce(sum(length(bytes)), 0)::text as bytes from t",
  );

describe("insertRows()", () => {
  test("insertRows() inserts every row once, however many statements that takes", async () => {
    await insertRows(
      database,
      "t (number, bytes)",
      Array.from({ length: 40_000 }, (_, index) => [index, null]),
    );
    expect(await sums()).toEqual({ count: "40000", sum: String((39_999 * 40_000) / 2), bytes: "0" });
  });

  test("insertRows() inserts rows of more bytes than one statement takes", async () => {
    const rows = Array.from({ length: 5 }, (_, index) => [index, Buffer.alloc(5 * 1_048_576, index)]);
    await insertRows(database, "t (number, bytes)", rows);
    expect(await sums()).toEqual({ count: "5", sum: "10", bytes: String(25 * 1_048_576) });
  });

  test("insertRows() does nothing without rows and passes its suffix on", async () => {
    await insertRows(database, "t (number)", []);
    await insertRows(database, "t (number)", [[1]]);
    await insertRows(database, "t (number)", [[1], [2]], "on conflict do nothing");
    expect(await sums()).toMatchObject({ count: "2" });
  });
});
