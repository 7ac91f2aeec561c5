import { randomBytes } from "node:crypto";
import {
  createBatchSealer,
  generateScopeKey,
  newId,
  openWithPrivateKey,
  rootKeyFromBytes,
  type ScopeKey as KeyPair,
  secretContext,
  toHex,
} from "@sealrun/crypto";
import { migrationsFolder } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { executionId, packageId, platformId, projectId, type Scope, secretName } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findNarrowest,
  findPresence,
  findVersion,
  listServiceSecrets,
} from "../../../packages/platform/src/secrets/lookup-store.ts";
import type { Place, ScopeKey } from "../../../packages/platform/src/secrets/scope-key.ts";
import { openStored } from "../../../packages/platform/src/secrets/sealed-value.ts";
import { storeFromScript } from "../../../packages/platform/src/secrets/store-from-script.ts";
import { deleteSecret } from "../../../packages/platform/src/secrets/store.ts";
import { freshDatabase } from "../../support/servers.ts";

const reach = {
  platformId: platformId.parse(newId("platform")),
  projectId: projectId.parse(newId("project")),
  packageId: packageId.parse(newId("package")),
};
const places: Record<Scope, Place> = {
  service: { scope: "service", ownerId: reach.packageId, projectId: reach.projectId },
  project: { scope: "project", ownerId: reach.projectId },
  platform: { scope: "platform", ownerId: reach.platformId },
};
const deps = { platformId: reach.platformId, storageKey: rootKeyFromBytes(randomBytes(32)) };
const pair: KeyPair = generateScopeKey();
const key: ScopeKey = { statement: { body: "", signature: "" }, publicKey: pair.publicKey, keyId: toHex(pair.id) };

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

const contextOf = (place: Place, name: string) => secretContext({ platformId: reach.platformId, ...place, name });
const listService = async (of: typeof reach.packageId) => (await listServiceSecrets(database, [of]))(of);
const store = async (scope: Scope, name: string, value: string) => {
  const place = places[scope];
  const envelope = createBatchSealer(pair.publicKey).seal(contextOf(place, name), Buffer.from(value));
  return database.transaction(async (sql) =>
    storeFromScript(deps, sql, {
      place,
      key,
      secret: { name: secretName.parse(name), envelope },
      executionId: executionId.parse(newId("execution")),
      requestId: "req_test",
    }),
  );
};

describe("findNarrowest()", () => {
  test("findNarrowest() prefers service over project over platform and tells all scopes that have the name", async () => {
    const name = secretName.parse("NAME");
    expect(await findNarrowest(database, reach, name)).toEqual({
      presence: { service: false, project: false, platform: false },
      secret: undefined,
    });
    for (const scope of ["platform", "project", "service"] as const) {
      await store(scope, name, `"${scope}"`);
      const { secret } = await findNarrowest(database, reach, name);
      if (secret === undefined) throw new TypeError("Expected a secret");
      const inner = openStored(deps, secret);
      expect(secret).toMatchObject({ scope, version: 1, size: inner.length });
      const opened = openWithPrivateKey(pair, contextOf(places[scope], name), inner);
      expect(Buffer.from(opened).toString()).toBe(`"${scope}"`);
    }
    for (const only of ["platform", "project", "service"] as const) {
      const { presence, secret } = await findNarrowest(database, reach, name, only);
      expect(secret?.scope).toBe(only);
      expect(presence).toEqual({ service: true, project: true, platform: true });
    }
    expect(await findPresence(database, reach, name)).toEqual({ service: true, project: true, platform: true });
    await deleteSecret(database, places.service, { name, author: "test" });
    expect((await findNarrowest(database, reach, name)).secret?.scope).toBe("project");
    expect((await findNarrowest(database, reach, name, "service")).secret).toBeUndefined();
  });

  test("findNarrowest() sees nothing of another package, project or platform", async () => {
    await store("service", "MINE", "1");
    const other = { ...reach, packageId: packageId.parse(newId("package")) };
    expect((await findNarrowest(database, other, secretName.parse("MINE"))).secret).toBeUndefined();
    expect(await listService(other.packageId)).toEqual([]);
  });
});

describe("findVersion()", () => {
  test("findVersion() still has the version that an event named after it was replaced", async () => {
    const first = await store("project", "TURN", "1");
    const second = await store("project", "TURN", "2");
    expect(second).toMatchObject({ id: first.id, version: 2 });
    expect(await findVersion(database, reach, first)).toMatchObject({ version: 1, name: "TURN" });
    const other = { ...reach, projectId: projectId.parse(newId("project")) };
    expect(await findVersion(database, other, first)).toBeUndefined();
  });
});

describe("openStored()", () => {
  test("openStored() refuses a row that was moved to another name, owner or scope, and any changed byte", async () => {
    await store("service", "MOVED", "1");
    const [secret] = (await listService(reach.packageId)).filter(({ name }) => name === "MOVED");
    if (secret === undefined) throw new TypeError("Expected a secret");
    for (const change of [
      { name: secretName.parse("OTHER") },
      { ownerId: reach.projectId },
      { scope: "project" as const },
    ]) {
      expect(() => openStored(deps, { ...secret, ...change })).toThrow(
        expect.objectContaining({ code: "WRONG_KEY_OR_CONTEXT" }),
      );
    }
    for (let index = 0; index < secret.sealed.length; index += 1) {
      const sealed = Uint8Array.from(secret.sealed);
      sealed[index] = (sealed[index] ?? 0) ^ 1;
      expect(() => openStored(deps, { ...secret, sealed })).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(WRONG_KEY_OR_CONTEXT|TAMPERED|BAD_FORMAT)$/) }),
      );
    }
    const inner = openStored(deps, secret);
    expect(() => openStored(deps, { ...secret, sealed: inner })).toThrow();
  });
});
