import { randomBytes } from "node:crypto";
import { newId, rootKeyFromBytes, toHex } from "@sealrun/crypto";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { platformId } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimInstallation } from "../../../packages/platform/src/postgres/installation.ts";
import { freshDatabase } from "../../support/servers.ts";

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  await migrate({ config: fresh.address, applicationName: "test", folder: migrationsFolder });
  database = await openDatabase({ config: fresh.address, applicationName: "test" });
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const own = () => ({ platformId: platformId.parse(newId("platform")), key: rootKeyFromBytes(randomBytes(32)) });

describe("claimInstallation()", () => {
  test("claimInstallation() lets one of 10 platforms have a fresh database, and that one again and again", async () => {
    const all = Array.from({ length: 10 }, own);
    const ends = await Promise.allSettled(all.map(async (one) => claimInstallation(database, one)));
    const winner = all[ends.findIndex(({ status }) => status === "fulfilled")];
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    if (winner === undefined) throw new TypeError("Expected a winner");
    await claimInstallation(database, winner);
    const other = own();
    await expect(claimInstallation(database, { ...winner, key: other.key })).rejects.toMatchObject({
      code: "WRONG_ROOT_KEY",
      message: expect.stringMatching(new RegExp(`${toHex(winner.key.id)}.*${toHex(other.key.id)}`)),
    });
    await expect(claimInstallation(database, { ...winner, platformId: other.platformId })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});
