import { readFile, writeFile } from "node:fs/promises";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeSchema } from "../../support/describe-schema.ts";
import { freshDatabase } from "../../support/servers.ts";

const committed = new URL("../../../packages/platform/schema.sql", import.meta.url);
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

const run = async () => migrate({ config: fresh.address, applicationName: "test", folder: migrationsFolder });

describe("migrationsFolder", () => {
  test("migrationsFolder gives the committed schema, and the same when run twice", async () => {
    await run();
    const schema = await describeSchema(database);
    await run();
    expect(await describeSchema(database)).toBe(schema);
    if (process.env["UPDATE_SCHEMA"] === "1") await writeFile(committed, schema);
    expect(schema).toBe(await readFile(committed, "utf8"));
  });

  test("migrationsFolder can be run by 20 at once", async () => {
    await Promise.all(Array.from({ length: 20 }, run));
    expect(await describeSchema(database)).toBe(await readFile(committed, "utf8"));
  });

  test("migrationsFolder refuses a database that a newer sealrun has migrated", async () => {
    await run();
    await database.run("insert into applied_migrations (version, name) values (999, 'from the future')");
    await expect(run()).rejects.toMatchObject({ code: "DATABASE_NEWER" });
  });

  test.each([
    ["audit", "insert into audit (actor, action, object, detail, request_id) values ('a', 'b', 'c', '{}', 'd')"],
    [
      "versions",
      "insert into projects (id, name) values ('p', 'p'); insert into packages (id, project_id, name) values ('k', 'p', 'k'); insert into versions (id, package_id, number, digest, author, manifest, config, steps) values ('v', 'k', 1, 'd', 'a', '{}', '{}', '[]')",
    ],
    [
      "secret_versions",
      "insert into secrets (id, scope, owner_id, name, version) values ('s', 'platform', 'p', 'N', 1); insert into secret_versions (secret_id, version, sealed, sha256, size, key_id, ephemeral, author, source) values ('s', 1, '', '', 0, '', '', 'a', 'set')",
    ],
  ])("migrationsFolder refuses to change a row of %s", async (table, insert) => {
    await run();
    await database.run(insert);
    const column = table === "audit" ? "actor" : "author";
    await expect(database.run(`update ${table} set ${column} = 'somebody else'`)).rejects.toThrow("never changed");
  });
});
