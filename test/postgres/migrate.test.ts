import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { migrate, openDatabase } from "@sealrun/postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { freshDatabase } from "../support/servers.ts";

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;
beforeEach(async () => {
  fresh = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-migrate-"));
  await write("001.do.first.sql", "create table first (id int); insert into first values (1);");
});
afterEach(async () => {
  await fresh.drop();
  await rm(folder, { recursive: true, force: true });
});

test("migrate() applies each file once, for any number of callers and calls", async () => {
  await Promise.all(Array.from({ length: 10 }, apply));
  await apply();
  expect(await count("first")).toBe(1);
});

test("migrate() applies nothing of a release when one of its files fails", async () => {
  await write("002.do.second.sql", "create table second (id int); create table second (id int);");
  await expect(apply()).rejects.toMatchObject({ code: "42P07" });
  await write("002.do.second.sql", "create table second (id int);");
  await apply();
  expect([await count("first"), await count("second")]).toEqual([1, 0]);
});

test("migrate() renumbers what was applied under numbers with holes, and goes on from there", async () => {
  await write("004.do.fourth.sql", "create table fourth (id int);");
  await apply();
  const database = await openDatabase({ config: fresh.address, applicationName: "test" });
  await database.run("alter table applied_migrations rename to schema_version");
  await database.close();
  await rm(join(folder, "004.do.fourth.sql"));
  await write("002.do.fourth.sql", "create table fourth (id int);");
  await write("003.do.newest.sql", "create table newest (id int);");
  await apply();
  await apply();
  expect([await count("first"), await count("fourth"), await count("newest")]).toEqual([1, 0, 0]);
  expect(await count("applied_migrations where version in (1, 2, 3)")).toBe(3);
  expect(await count("applied_migrations where version > 3")).toBe(0);
});

test("migrate() refuses a database that an earlier sealrun left ahead of its files", async () => {
  await write("004.do.fourth.sql", "create table fourth (id int);");
  await apply();
  const database = await openDatabase({ config: fresh.address, applicationName: "test" });
  await database.run("alter table applied_migrations rename to schema_version");
  await rm(join(folder, "004.do.fourth.sql"));
  await expect(apply()).rejects.toMatchObject({ code: "DATABASE_NEWER" });
  // Nothing was renamed.
  expect(await database.run("select from schema_version where version = 4")).toBe(1);
  await database.close();
});

test("migrate() does not change a database that is ahead of its files", async () => {
  await write("002.do.second.sql", "create table second (id int);");
  await apply();
  await rm(join(folder, "002.do.second.sql"));
  await expect(apply()).rejects.toMatchObject({ code: "DATABASE_NEWER" });
});

test("migrate() reports a server that is not there as POSTGRES_UNREACHABLE", async () => {
  const config = { ...fresh.address, host: "127.0.0.1", port: 1 };
  const migrating = migrate({ config, applicationName: "test", folder: pathToFileURL(folder) });
  await expect(migrating).rejects.toMatchObject({ code: "POSTGRES_UNREACHABLE" });
});

async function apply(): Promise<void> {
  await migrate({ config: fresh.address, applicationName: "test", folder: pathToFileURL(folder) });
}

async function count(table: string): Promise<number | undefined> {
  const database = await openDatabase({ config: fresh.address, applicationName: "test" });
  try {
    const row = await database.row(z.object({ n: z.number() }), `select count(*)::int as n from ${table}`);
    return row?.n;
  } finally {
    await database.close();
  }
}

async function write(name: string, sql: string): Promise<void> {
  await writeFile(join(folder, name), sql);
}
