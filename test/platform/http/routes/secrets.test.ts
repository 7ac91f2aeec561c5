import { randomBytes } from "node:crypto";
import { fromBase64, sealWithKey, secretContext, toBase64 } from "@sealrun/crypto";
import { type Database, openDatabase } from "@sealrun/postgres";
import { putSecretsAnswer, type ScopeKeyStatement, secretList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, keyOf, makePackage, plainForm, refused, sealAll, send } from "../../../support/api.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

const collections = ["/platform/secrets", "/projects/acme/secrets", "/projects/acme/packages/report/secrets"];
let platform: TestPlatform;
let database: Database;
beforeAll(async () => {
  platform = await startPlatform();
  database = await openDatabase({ config: platform.config.postgres, applicationName: "test" });
  await makePackage(platform, "acme", "report");
  const body = plainForm({ "main.py": "print(1)" });
  await send(platform, "POST", "/projects/acme/packages/report/versions", { body });
});
afterAll(async () => {
  await database.close();
  await platform.close();
});

const put = (collection: string, secrets: unknown) => send(platform, "PUT", collection, { json: { secrets } });
const list = async (collection: string) => (await ask(platform, secretList, ["GET", collection])).secrets;
const count = async () =>
  database.row(z.object({ rows: z.string() }), "select count(*)::text as rows from secret_versions");

describe.each(collections)("PUT %s", (collection) => {
  let key: ScopeKeyStatement;
  beforeAll(async () => {
    key = await keyOf(platform, collection);
  });

  test("PUT stores values, numbers their versions, and shows who and when but no value", async () => {
    const first = await ask(platform, putSecretsAnswer, [
      "PUT",
      collection,
      { json: { secrets: sealAll(platform, key, { B: { deep: [1] }, A: "", _x: null }) } },
    ]);
    expect(first.secrets.map(({ name, version, author }) => [name, version, author])).toEqual([
      ["A", 1, "admin"],
      ["B", 1, "admin"],
      ["_x", 1, "admin"],
    ]);
    await put(collection, sealAll(platform, key, { A: "two" }));
    expect((await list(collection)).map(({ name, version }) => [name, version])).toEqual([
      ["A", 2],
      ["B", 1],
      ["_x", 1],
    ]);
  });

  test("DELETE removes a secret; a later put goes on with the next version", async () => {
    const gone = await ask(platform, putSecretsAnswer, ["DELETE", `${collection}/B`]);
    expect(gone.secrets).toMatchObject([{ name: "B", version: 1 }]);
    expect((await list(collection)).map(({ name }) => name)).toEqual(["A", "_x"]);
    expect(await refused(send(platform, "DELETE", `${collection}/B`))).toMatchObject({
      status: 404,
      code: "SECRET_NOT_FOUND",
    });
    await put(collection, sealAll(platform, key, { B: 1 }));
    expect((await list(collection)).find(({ name }) => name === "B")?.version).toBe(2);
  });

  test("PUT stores nothing when one of many is not acceptable", async () => {
    const [good] = sealAll(platform, key, { GOOD: 1 });
    const symmetric = sealWithKey(
      { id: randomBytes(16), bytes: randomBytes(32) },
      secretContext({ platformId: platform.platformId, scope: "platform", ownerId: "x", name: "BAD" }),
      Buffer.from("1"),
    );
    const cut = fromBase64(good?.envelope ?? "").subarray(0, 60);
    const before = await count();
    for (const [bad, code] of [
      [{ name: "BAD", envelope: toBase64(randomBytes(200)) }, "BAD_REQUEST"],
      [{ name: "BAD", envelope: toBase64(symmetric) }, "BAD_REQUEST"],
      [{ name: "BAD", envelope: toBase64(cut) }, "BAD_REQUEST"],
      [{ name: "BAD", envelope: "" }, "BAD_REQUEST"],
      [{ name: "BAD", envelope: "not base64!" }, "BAD_REQUEST"],
      [{ name: "BAD NAME", envelope: good?.envelope }, "BAD_REQUEST"],
      [{ name: "__proto__", envelope: good?.envelope }, "BAD_REQUEST"],
      [good, "BAD_REQUEST"],
    ] as const) {
      expect(await refused(put(collection, [good, bad])), JSON.stringify(bad).slice(0, 60)).toMatchObject({ code });
    }
    expect(await count()).toEqual(before);
  });
});

describe("PUT /api/v1/platform/secrets", () => {
  test("PUT /api/v1/platform/secrets refuses a value sealed with a project's key", async () => {
    const key = await keyOf(platform, "/projects/acme/secrets");
    expect(await refused(put("/platform/secrets", sealAll(platform, key, { A: 1 })))).toMatchObject({
      status: 409,
      code: "KEY_CHANGED",
    });
  });

  test("PUT /api/v1/platform/secrets takes a value of 1 MiB and refuses one far above", async () => {
    const key = await keyOf(platform, "/platform/secrets");
    expect((await put("/platform/secrets", sealAll(platform, key, { BIG: "x".repeat(1_048_574) }))).status).toBe(200);
    const larger = sealAll(platform, key, { BIG: "x".repeat(1_400_000) });
    expect(await refused(put("/platform/secrets", larger))).toMatchObject({ status: 413, code: "VALUE_TOO_LARGE" });
    const body = JSON.stringify({ secrets: [], filler: "x".repeat(9_000_000) });
    const sent = { body, headers: { "content-type": "application/json" } };
    expect(await refused(send(platform, "PUT", "/platform/secrets", sent))).toMatchObject({
      status: 413,
      code: "VALUE_TOO_LARGE",
    });
  });

  test("PUT /api/v1/platform/secrets from 10 callers at once counts every version", async () => {
    const key = await keyOf(platform, "/platform/secrets");
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        put("/platform/secrets", sealAll(platform, key, index % 2 === 0 ? { R1: 1, R2: 2 } : { R2: 2, R1: 1 })),
      ),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const named = (await list("/platform/secrets")).filter(({ name }) => name.startsWith("R"));
    expect(named.map(({ version }) => version)).toEqual([10, 10]);
  });

  test("PUT /api/v1/platform/secrets stores 2,000 names at once", async () => {
    const key = await keyOf(platform, "/projects/acme/secrets");
    const values = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`N${index}`, "x".repeat(1_000)]));
    const sealed = sealAll(platform, key, values);
    expect((await put("/projects/acme/secrets", sealed)).status).toBe(200);
    expect((await list("/projects/acme/secrets")).length).toBeGreaterThanOrEqual(2_000);
  });
});

describe("GET /api/v1/platform/secrets", () => {
  test("GET /api/v1/platform/secrets answers only with names, scope, version, author, source and times", async () => {
    const answer = await send(platform, "GET", "/platform/secrets");
    const body = z.object({ secrets: z.array(z.record(z.string(), z.unknown())) }).parse(await answer.json());
    for (const secret of body.secrets) {
      expect(Object.keys(secret).sort()).toEqual([
        "author",
        "lastRead",
        "name",
        "scope",
        "source",
        "updatedAt",
        "version",
      ]);
    }
  });

  test("GET /api/v1/platform/secrets/key says KEYRING_UNREACHABLE when the keyring is down, and lists still work", async () => {
    await platform.stopKeyring();
    expect(await refused(send(platform, "GET", "/platform/secrets/key"))).toMatchObject({
      status: 503,
      code: "KEYRING_UNREACHABLE",
    });
    expect((await send(platform, "GET", "/platform/secrets")).status).toBe(200);
    const before = await database.row(z.object({ rows: z.string() }), "select count(*)::text as rows from packages");
    expect(await refused(send(platform, "PUT", "/projects/acme/packages/late"))).toMatchObject({
      code: "KEYRING_UNREACHABLE",
    });
    expect(await database.row(z.object({ rows: z.string() }), "select count(*)::text as rows from packages")).toEqual(
      before,
    );
  });
});
