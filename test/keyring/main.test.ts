import { fingerprint, fromBase64, newId, toBase64, toHex } from "@sealrun/crypto";
import { start } from "@sealrun/keyring";
import { scopeKeyReply } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { withPrivateKey } from "../../packages/keyring/src/scope-keys/scope-keys.ts";
import { createKeptStatements } from "../../packages/keyring/src/scope-keys/kept-statements.ts";
import { findNewestKey } from "../../packages/keyring/src/scope-keys/store.ts";
import { readRootKey } from "@sealrun/key-files";
import { lookUp, pushPackage, sealSecret, startAttempt } from "./attempts/attempt.ts";
import { enrolExecutor, freshToken } from "./enrolment/enrol-executor.ts";
import { rejectionOf } from "../support/refusal.ts";
import { codeOf, createLog, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

test("start() says the fingerprint of the keyring's signing key", () => {
  expect(world.keyring.fingerprint).toBe(fingerprint(world.keyringIdentity.signPublic));
});

test("start() may be called for many keyrings on one database, and each works without the others", async () => {
  const others = await Promise.all([1, 2, 3].map(async () => start(world.config, { log: createLog([]) })));
  const owner = { scope: "project", ownerId: newId("project") };
  const { statement } = await world.ask("scope-key", owner, scopeKeyReply);
  for (const other of others) {
    await other.close();
    expect((await world.ask("scope-key", owner, scopeKeyReply)).statement).toEqual(statement);
  }
});

test("start() closes when its signal is aborted, and finishes the answers under way", async () => {
  const stop = new AbortController();
  const second = await start(world.config, { log: createLog([]), signal: stop.signal });
  const asked = Array.from({ length: 40 }, async () =>
    world.ask("scope-key", { scope: "project", ownerId: newId("project") }, scopeKeyReply),
  );
  stop.abort();
  expect(await Promise.all(asked)).toHaveLength(40);
  await second.close();
});

test("start() says which server it cannot reach, without the password", async () => {
  const nats = { ...world.config.nats, url: "nats://127.0.0.1:1" };
  const noNats = await rejectionOf(start({ ...world.config, nats }, { log: createLog([]) }));
  expect(noNats.code).toBe("NATS_UNREACHABLE");
  expect(noNats.message).toContain("127.0.0.1:1");
  const postgres = { host: "127.0.0.1", port: 1, user: "u", password: "hunter2", database: "d" };
  const noPostgres = await rejectionOf(start({ ...world.config, postgres }, { log: createLog([]) }));
  expect(noPostgres.code).toBe("POSTGRES_UNREACHABLE");
  expect(noPostgres.message).toContain("127.0.0.1:1");
  expect(noPostgres.message).not.toContain("hunter2");
});

test("start() refuses a database of a newer sealrun", async () => {
  await world.database.run("insert into applied_migrations (version, name) values (99, 'newer')");
  expect(await codeOf(start(world.config, { log: createLog([]) }))).toBe("DATABASE_NEWER");
  await world.database.run("delete from applied_migrations where version = 99");
});

test("start() keeps every private key, one-time secret and value out of the database and the log", async () => {
  const pushed = await pushPackage(world);
  const executor = await enrolExecutor(world);
  const token = await freshToken(world);
  const value = "canary-4711-canary";
  const secret = { scope: "service", ownerId: pushed.packageId, name: "CANARY", value } as const;
  const envelope = sealSecret(world, pushed.publicKey, secret);
  const attempt = await startAttempt(world, executor, pushed);
  expect(await lookUp(world, attempt, { name: "CANARY", scope: "service", envelope })).toBe(value);

  const dump = await dumpOf(world);
  const rootKey = await readRootKey(world.config.wrappingKeyFile ?? "");
  const stored = await findNewestKey(world.database, { scope: "service", owner_id: pushed.packageId });
  if (stored === undefined) throw new TypeError("the package has no key");
  const deps = {
    platformId: world.config.platformId,
    rootKey,
    identity: world.keyringIdentity,
    statements: createKeptStatements(),
  };
  const privateKey = withPrivateKey(deps, stored, (bytes) => Uint8Array.from(bytes));
  const places = `${dump}\n${world.logged.join("\n")}`;
  const never = [privateKey, rootKey.bytes, fromBase64(token.secret), Buffer.from(value), executor.box.privateKey];
  for (const bytes of never) {
    expect(places).not.toContain(toHex(bytes));
    expect(places).not.toContain(toBase64(bytes));
  }
  expect(places).not.toContain(value);
  const login = world.config.nats;
  expect(places).not.toContain("password" in login ? login.password : login.seed);
  // The control: what is there is found.
  expect(dump).toContain(toHex(pushed.publicKey));
  expect(dump).toContain("CANARY");
});

async function dumpOf({ database }: World): Promise<string> {
  const tables = await database.rows(
    z.object({ name: z.string() }),
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'",
  );
  const dumps = tables.map(async ({ name }) =>
    database.rows(z.object({ text: z.string() }), `select t::text as text from ${name} t`),
  );
  return (await Promise.all(dumps)).flatMap((rows) => rows.map((row) => row.text)).join("\n");
}
