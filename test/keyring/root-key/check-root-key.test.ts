import { randomBytes, rootKeyFromBytes, toHex } from "@sealrun/crypto";
import { start } from "@sealrun/keyring";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { checkRootKey } from "../../../packages/keyring/src/root-key/check-root-key.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { writePrivate } from "../../support/private-file.ts";
import { codeOf, createLog, startWorld, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

test("checkRootKey() lets one of several first keys win, and refuses the others", async () => {
  await world.database.run("delete from root_key_check");
  const keys = [1, 2, 3, 4].map(() => rootKeyFromBytes(randomBytes(32)));
  const ends = await Promise.allSettled(keys.map(async (key) => checkRootKey(world.database, key)));
  expect(ends.filter((end) => end.status === "fulfilled")).toHaveLength(1);
  const winner = keys[ends.findIndex((end) => end.status === "fulfilled")];
  if (winner !== undefined) await checkRootKey(world.database, winner);
  const count = z.object({ count: z.string() });
  expect(await world.database.row(count, "select count(*) as count from root_key_check")).toEqual({ count: "1" });
});

test("start() refuses a wrong root key and names both key ids", async () => {
  const own = rootKeyFromBytes(randomBytes(32));
  await world.database.run("delete from root_key_check");
  await checkRootKey(world.database, own);
  const bytes = randomBytes(32);
  const wrappingKeyFile = await writePrivate(world.folder, "other.key", bytes);
  const refusal = await rejectionOf(start({ ...world.config, wrappingKeyFile }, { log: createLog([]) }));
  expect(refusal.code).toBe("WRONG_ROOT_KEY");
  expect(refusal.message).toContain(toHex(own.id));
  expect(refusal.message).toContain(toHex(rootKeyFromBytes(bytes).id));
});

test("start() refuses a check value that was changed", async () => {
  await world.database.run("update root_key_check set value = set_byte(value, 60, get_byte(value, 60) # 1)");
  expect(await codeOf(start(world.config, { log: createLog([]) }))).toMatch(/^(WRONG_ROOT_KEY|WRONG_KEY_OR_CONTEXT)$/);
});
