import type { Identity } from "@sealrun/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrolExecutor } from "../enrolment/enrol-executor.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { startWorld, type World } from "../world.ts";
import { askGrant, grantBody, pushPackage, sealSecret, valueOf } from "./attempt.ts";

let world: World;
let executor: Identity;
beforeAll(async () => {
  world = await startWorld();
  executor = await enrolExecutor(world);
});
afterAll(async () => world.close());

/** What a copy of the database from before that push does not hold. */
async function forget(packageId: string, tables: readonly ("scope_keys" | "packages")[]): Promise<void> {
  await world.database.run("alter table packages disable trigger user");
  for (const table of tables) {
    await world.database.run(`delete from ${table} where ${table === "packages" ? "id" : "owner_id"} = $1`, [
      packageId,
    ]);
  }
  await world.database.run("alter table packages enable trigger user");
}

test("answerGrant() names the package that an older copy of the keyring's database lacks, and grants others", async () => {
  const [lost, half, kept] = [await pushPackage(world), await pushPackage(world), await pushPackage(world)];
  await forget(lost.packageId, ["scope_keys", "packages"]);
  await forget(half.packageId, ["scope_keys"]);
  for (const pushed of [lost, half]) {
    const place = { scope: "service", ownerId: pushed.packageId, name: "DB_PASS", value: "s3cret" } as const;
    const values = [valueOf("DB_PASS", sealSecret(world, pushed.publicKey, place))];
    const refusal = await rejectionOf(askGrant(world, executor, grantBody(executor, pushed, { values })));
    expect(refusal.code).toBe("KEY_NOT_FOUND");
    expect(refusal.message).toContain(pushed.packageId);
    expect(refusal.message).toContain("restore a newer one");
  }
  expect((await askGrant(world, executor, grantBody(executor, kept))).secrets).toEqual([]);
});
