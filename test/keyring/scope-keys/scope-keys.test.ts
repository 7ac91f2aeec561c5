import { fromBase64, generateScopeKey, newId, verifyScopeKey } from "@sealrun/crypto";
import { start } from "@sealrun/keyring";
import { type ScopeKeyFields, scopeKeyReply } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { codeOf, createLog, startWorld, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

async function ensure(body: object): Promise<ScopeKeyFields> {
  const { statement } = await world.ask("scope-key", body, scopeKeyReply);
  return verifyScopeKey(statement, world.keyringIdentity.signPublic);
}

test("ensureScopeKey() makes a pair once and states the same key ever after", async () => {
  const owner = { scope: "project", ownerId: newId("project") };
  const first = await ensure(owner);
  expect(first).toMatchObject({ ...owner, version: 1, platformId: world.config.platformId });
  expect(await ensure(owner)).toEqual(first);
});

test("ensureScopeKey() gives one key to many callers at once, on two keyrings", async () => {
  const second = await start(world.config, { log: createLog([]) });
  const owner = { scope: "service", ownerId: newId("package"), projectId: newId("project") };
  const stated = await Promise.all(Array.from({ length: 20 }, async () => ensure(owner)));
  expect(new Set(stated.map((fields) => fields.publicKey)).size).toBe(1);
  await second.close();
});

test("ensureScopeKey() gives every owner a key of its own", async () => {
  const keys = await Promise.all(
    Array.from({ length: 5 }, async () => (await ensure({ scope: "project", ownerId: newId("project") })).publicKey),
  );
  expect(new Set(keys).size).toBe(5);
});

test("ensureScopeKey() states no public key that was put into its database", async () => {
  const ownerId = newId("project");
  const { publicKey } = await ensure({ scope: "project", ownerId });
  const foreign = generateScopeKey().publicKey;
  await world.database.run("update scope_keys set public_key = $1 where public_key = $2", [
    foreign,
    fromBase64(publicKey),
  ]);
  expect(await codeOf(ensure({ scope: "project", ownerId }))).toBe("TAMPERED");
});

test("withPrivateKey() refuses a wrapped key that was moved to another owner", async () => {
  const [one, other] = [newId("project"), newId("project")];
  await ensure({ scope: "project", ownerId: one });
  await ensure({ scope: "project", ownerId: other });
  await world.database.run(
    `update scope_keys set wrapped_private = (select wrapped_private from scope_keys where owner_id = $1)
      where owner_id = $2`,
    [one, other],
  );
  expect(await codeOf(ensure({ scope: "project", ownerId: other }))).toBe("WRONG_KEY_OR_CONTEXT");
});

test("makeKey() leaves nothing but wrapped private keys in the database", async () => {
  await ensure({ scope: "project", ownerId: newId("project") });
  const row = z.object({ start: z.string(), size: z.number() });
  const text =
    "select encode(substr(wrapped_private, 1, 5), 'hex') as start, length(wrapped_private) as size from scope_keys";
  for (const { start: magic, size } of await world.database.rows(row, text)) {
    expect(magic).toBe("5352450101");
    expect(size).toBeGreaterThan(100);
  }
});
