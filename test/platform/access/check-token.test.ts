import { createHash } from "node:crypto";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { checkToken } from "../../../packages/platform/src/access/check-token.ts";
import { findToken, saveAdminToken } from "../../../packages/platform/src/access/store.ts";
import { freshDatabase } from "../../support/servers.ts";

const token = `sr_adm_${"a1B2".repeat(11)}`;
let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  await migrate({ config: fresh.address, applicationName: "test", folder: migrationsFolder });
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
  await saveAdminToken(database, createHash("sha256").update(token).digest("hex"));
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const find = async (sha256: Uint8Array) => findToken(database, sha256);

describe("checkToken()", () => {
  test("checkToken() knows the author of a stored token", async () => {
    expect(await checkToken(find, `Bearer ${token}`)).toBe("admin");
  });

  test.each([
    undefined,
    "",
    token,
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer  ${token}`,
    `Bearer ${token} `,
  ])("checkToken() finds no author for %j", async (header) => {
    expect(await checkToken(find, header)).toBeUndefined();
  });

  test("checkToken() needs no copy of the token in the database", async () => {
    const rows = await database.rows(z.object({ row: z.string() }), "select t::text as row from tokens t");
    expect(rows.map(({ row }) => row).join()).not.toContain(token);
  });
});
