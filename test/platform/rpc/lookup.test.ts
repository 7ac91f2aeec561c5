import { newId, signFrame } from "@sealrun/crypto";
import { encodeJson, executorId, type JsonValue, type Scope, secretName, subjects } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { lookUpSecret } from "../../../executor/src/worker/secrets/open-secret.ts";
import { answerLookup } from "../../../packages/platform/src/rpc/lookup.ts";
import { countWaits } from "../../support/count-waits.ts";
import { openCountedDeps } from "../../support/counted-deps.ts";
import { keyOf, sealAll, send } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const collections: Readonly<Record<Scope, string>> = {
  service: "/projects/acme/packages/report/secrets",
  project: "/projects/acme/secrets",
  platform: "/platform/secrets",
};
const put = async (scope: Scope, name: string, value: JsonValue): Promise<void> => {
  const secrets = sealAll(world.platform, await keyOf(world.platform, collections[scope]), { [name]: value });
  expect((await send(world.platform, "PUT", collections[scope], { json: { secrets } })).status).toBe(200);
};
const name = (text: string) => secretName.parse(text);

describe("answerLookup()", () => {
  test("answerLookup() finds the narrowest scope that has the name, whatever the value", async () => {
    await put("platform", "ORDER", "widest");
    const attempt = await world.claim("report");
    expect(await lookUpSecret(attempt.worker, name("ORDER"))).toMatchObject({ value: "widest", scope: "platform" });
    await put("project", "ORDER", null);
    expect(await lookUpSecret(attempt.worker, name("ORDER"))).toMatchObject({ value: null, scope: "project" });
    await put("service", "ORDER", "");
    expect(await lookUpSecret(attempt.worker, name("ORDER"))).toMatchObject({
      value: "",
      scope: "service",
      version: 1,
    });
    await put("service", "ORDER", 0);
    expect(await lookUpSecret(attempt.worker, name("ORDER"))).toMatchObject({ value: 0, scope: "service", version: 2 });
  });

  test("answerLookup() looks only in the requested scope", async () => {
    for (const scope of ["service", "project", "platform"] as const) await put(scope, "ONE_SCOPE", `the ${scope}'s`);
    const attempt = await world.claim("report");
    for (const scope of ["service", "project", "platform"] as const) {
      expect(await lookUpSecret(attempt.worker, name("ONE_SCOPE"), scope)).toMatchObject({
        value: `the ${scope}'s`,
        scope,
      });
    }
    await put("project", "ONLY_PROJECT", 1);
    expect(await lookUpSecret(attempt.worker, name("ONLY_PROJECT"), "platform")).toBeUndefined();
  });

  test("answerLookup() states the presence of every scope at once", async () => {
    await put("platform", "PRESENT", 1);
    await put("service", "PRESENT", 1);
    const { rpc, ref } = await world.claim("report");
    const { value: found } = await rpc.lookup({ ...ref, name: name("PRESENT") });
    expect(found.presence).toEqual({ service: true, project: false, platform: true });
    const { value: missing } = await rpc.lookup({ ...ref, name: name("ABSENT") });
    expect(missing).toEqual({
      ok: true,
      found: false,
      presence: { service: false, project: false, platform: false },
    });
  });

  test("answerLookup() leaves an envelope of more than 512 KiB to be fetched", async () => {
    const value = "v".repeat(900_000);
    await put("project", "LARGE", value);
    const attempt = await world.claim("report");
    const { value: found } = await attempt.rpc.lookup({ ...attempt.ref, name: name("LARGE") });
    expect(found.found && found.envelope).toBeUndefined();
    expect((await lookUpSecret(attempt.worker, name("LARGE")))?.value).toBe(value);
  });

  test("answerLookup() does not reach secrets of another package or project", async () => {
    await world.push("stranger", { "main.sh": "true\n", "secrets.json": '{"ONLY_HERE":"mine"}' });
    const attempt = await world.claim("report");
    expect(await lookUpSecret(attempt.worker, name("ONLY_HERE"))).toBeUndefined();
  });

  test("answerLookup() waits three times for the database, its commit included", async () => {
    const { ref } = await world.claim("report");
    const { identity } = world.peer.state;
    const id = executorId.parse(identity.id);
    const requestId = newId("request");
    const subject = subjects.rpc(id, "lookup");
    const header = { v: 1, kind: "lookup.request", subject, sender: id, requestId, time: Date.now(), ...ref } as const;
    const body = encodeJson({ name: "DB_PASS" });
    const request = { executorId: id, requestId, header, body, frame: signFrame(identity, header, body) };
    const counted = await openCountedDeps(world.platform);
    const { database, takeWaits } = countWaits(world.database);
    expect(await answerLookup({ ...counted.deps, database }, request)).toMatchObject({ found: true });
    expect(takeWaits()).toBe(3);
    await counted.close();
  });

  test("answerLookup() refuses an executor without the lease", async () => {
    const { rpc, ref } = await world.claim("report");
    const other = await enrolPeer(world.platform);
    expect(await codeOf(other.rpc.lookup({ ...ref, name: name("ORDER") }))).toBe("LEASE_LOST");
    expect(await codeOf(rpc.lookup({ ...ref, attempt: 2, name: name("ORDER") }))).toBe("LEASE_LOST");
    await other.close();
  });

  test("answerLookup() answers with a code when the row was given another's ciphertext", async () => {
    await put("project", "ONE", "first");
    await put("project", "TWO", "second");
    await world.database.run("alter table secret_versions disable trigger user");
    await world.database.run(
      `update secret_versions v set sealed = (select w.sealed from secret_versions w join secrets s on s.id = w.secret_id
         where s.name = 'TWO') from secrets s where s.id = v.secret_id and s.name = 'ONE'`,
    );
    const attempt = await world.claim("report");
    expect(await codeOf(lookUpSecret(attempt.worker, name("ONE")))).toBe("WRONG_KEY_OR_CONTEXT");
  });

  test("answerLookup() writes the request and its result into the audit, never a value", async () => {
    await put("project", "AUDITED", "canary-of-the-audit");
    const attempt = await world.claim("report");
    await lookUpSecret(attempt.worker, name("AUDITED"));
    await lookUpSecret(attempt.worker, name("NOT_THERE"));
    const rows = await world.database.rows(
      z.object({ detail: z.unknown() }),
      "select detail from audit where object = $1 and action = 'secret.lookup' order by seq",
      [attempt.ref.executionId],
    );
    expect(rows.map(({ detail }) => detail)).toEqual([
      { attempt: 1, name: "AUDITED", scope: "project", version: 1, outcome: "found" },
      { attempt: 1, name: "NOT_THERE", scope: null, version: null, outcome: "missing" },
    ]);
  });
});
