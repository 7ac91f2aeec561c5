import { readFile, writeFile } from "node:fs/promises";
import { migrationsFolder } from "@sealrun/keyring";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeSchema } from "../support/describe-schema.ts";
import { freshDatabase } from "../support/servers.ts";

const committed = new URL("../../packages/keyring/schema.sql", import.meta.url);
let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeEach(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
});
afterEach(async () => {
  await database.close();
  await fresh.drop();
});

const run = async (): Promise<void> =>
  migrate({ config: fresh.address, applicationName: "test", folder: migrationsFolder });

test("migrationsFolder gives the keyring's committed schema, and the same when run twice", async () => {
  await run();
  const schema = await describeSchema(database);
  await run();
  expect(await describeSchema(database)).toBe(schema);
  if (process.env["UPDATE_SCHEMA"] === "1") await writeFile(committed, schema);
  expect(schema).toBe(await readFile(committed, "utf8"));
});

test("migrationsFolder can be run by 20 keyrings at once", async () => {
  await Promise.all(Array.from({ length: 20 }, run));
  expect(await describeSchema(database)).toBe(await readFile(committed, "utf8"));
});

test.each([
  ["audit", "insert into audit (action, detail) values ('grant', '{}')", "update audit set action = 'x'"],
  ["audit", "insert into audit (action, detail) values ('grant', '{}')", "delete from audit"],
  ["packages", "insert into packages values ('p', 'one')", "update packages set project_id = 'other'"],
  ["packages", "insert into packages values ('p', 'one')", "delete from packages"],
])("migrationsFolder refuses to change a row of the keyring's %s: %s; %s", async (_, insert, change) => {
  await run();
  await database.run(insert);
  await expect(database.run(change)).rejects.toThrow("never changed");
});
