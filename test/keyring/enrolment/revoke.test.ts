import { newId } from "@sealrun/crypto";
import { revokeExecutor } from "@sealrun/keyring";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { codeOf, startWorld, type World } from "../world.ts";
import { enrolExecutor } from "./enrol-executor.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

test("revokeExecutor() takes an executor off the list, and says so in the audit", async () => {
  const executor = await enrolExecutor(world);
  await revokeExecutor(world.config, executor.id);
  await revokeExecutor(world.config, executor.id);
  const row = z.object({ is_revoked: z.boolean() });
  const text = "select revoked_at is not null as is_revoked from executors where id = $1";
  expect(await world.database.row(row, text, [executor.id])).toEqual({ is_revoked: true });
  const told = "select 1 as found from audit where action = 'revoke' and executor_id = $1";
  expect(await world.database.rows(z.object({ found: z.number() }), told, [executor.id])).toHaveLength(2);
});

test("revokeExecutor() refuses an id that is not on the list", async () => {
  for (const id of [newId("executor"), "exr_nobody", ""]) {
    expect(await codeOf(revokeExecutor(world.config, id))).toBe("NOT_FOUND");
  }
});
