import {
  auditList,
  executionReceipt,
  secretExplanation,
  secretHistory,
  secretList,
  secretName,
} from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createEventKeys } from "../../../executor/src/worker/secrets/event-keys.ts";
import { lookUpSecret, openEventSecret } from "../../../executor/src/worker/secrets/open-secret.ts";
import { ask, keyOf, sealAll, send } from "../../support/api.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const rowsOf = async (object: string) =>
  (await ask(world.platform, auditList, ["GET", `/audit?object=${object}`])).rows.toReversed();
const report = "/projects/acme/packages/report";

describe("recordRefusal()", () => {
  test("recordRefusal() writes which executor was refused a claim, a lookup and a fetch, and why", async () => {
    const { event, ref, rpc } = await world.claim("report");
    const stranger = await enrolPeer(world.platform);
    expect(await codeOf(stranger.claim(event))).toBe("CLAIM_REFUSED");
    expect(await codeOf(stranger.rpc.lookup({ ...ref, name: secretName.parse("DB_PASS") }))).toBe("LEASE_LOST");
    const [secret] = event.secrets;
    if (secret === undefined) throw new TypeError("the event has no secret");
    const what = { kind: "secret", id: secret.id, version: 1 } as const;
    expect(await codeOf(stranger.rpc.fetch({ ...ref, what, offset: 0 }))).toBe("LEASE_LOST");
    await rpc.fetch({ ...ref, what, offset: 0 });
    const actor = `executor ${stranger.state.identity.id}`;
    const rows = (await rowsOf(ref.executionId)).filter((row) => row.actor === actor);
    expect(rows.map(({ action, detail }) => [action, detail])).toEqual([
      ["execution.claim.refused", { code: "CLAIM_REFUSED" }],
      ["secret.lookup.refused", { attempt: 1, name: "DB_PASS", code: "LEASE_LOST" }],
      ["secret.fetch.refused", { attempt: 1, code: "LEASE_LOST" }],
    ]);
    const fetched = (await rowsOf(ref.executionId)).find(({ action }) => action === "secret.fetch");
    expect(fetched?.detail).toMatchObject({ attempt: 1, name: "DB_PASS", scope: "service", version: 1 });
    await stranger.close();
  });
});

describe("describeOpened()", () => {
  test("describeOpened() puts names and versions that a grant opens into the claim's row, and no value", async () => {
    const { ref } = await world.claim("report");
    const claim = (await rowsOf(ref.executionId)).find(({ action }) => action === "execution.claim");
    expect(claim?.detail).toMatchObject({ attempt: 1, opens: ["DB_PASS@1"] });
  });

  test("describeOpened() names the 64 that a grant opens, and the rows of lookups name all others", async () => {
    const values = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`N${index}`, index]));
    await world.push("many", { "main.sh": "true\n", "secrets.json": JSON.stringify(values) });
    const attempt = await world.claim("many");
    const keys = createEventKeys(attempt.worker);
    const { secrets } = attempt.event;
    const found = await Promise.all(secrets.map(async (secret) => openEventSecret(attempt.worker, secret, keys)));
    expect(found.map(({ value }) => value)).toEqual(secrets.map(({ name }) => values[name]));
    const rows = (await rowsOf(attempt.ref.executionId)).filter(({ detail }) => "opens" in detail);
    expect(rows.map(({ action }) => action)).toEqual([
      "execution.claim",
      ...Array.from({ length: 3 }, () => "secret.lookup"),
    ]);
    const opened = rows.map(({ detail }) => z.array(z.string()).parse(detail["opens"]));
    expect(opened.map(({ length }) => length).toSorted((a, b) => b - a)).toEqual([64, 64, 64, 9]);
    expect(opened.flat().toSorted()).toEqual(
      Object.keys(values)
        .map((name) => `${name}@1`)
        .toSorted(),
    );
  });
});

describe("GET /api/v1/executions/{execution}/receipt", () => {
  test("GET receipt tells attempt, scope and version; lists and explanations tell who read last", async () => {
    const secrets = sealAll(world.platform, await keyOf(world.platform, "/projects/acme/secrets"), { SHARED: "x" });
    await send(world.platform, "PUT", "/projects/acme/secrets", { json: { secrets } });
    const attempt = await world.claim("report");
    const { ref } = attempt;
    await lookUpSecret(attempt.worker, secretName.parse("SHARED"));
    const read = { type: "read", step: 0, time: Date.now() } as const;
    await world.peer.report(ref, 1, [
      { ...read, name: "SHARED", scope: "project", version: 1, outcome: "read" },
      { ...read, name: "DB_PASS", scope: "service", version: 1, outcome: "read" },
      { ...read, name: "NOWHERE", scope: null, version: null, outcome: "missing" },
    ]);
    const url = `/executions/${ref.executionId}/receipt`;
    const receiptOf = async () => ask(world.platform, executionReceipt, ["GET", url]);
    await until(async () => (await receiptOf()).receipt.length === 3);
    const { receipt, complete } = await receiptOf();
    expect(complete).toBe(false);
    expect(receipt.map(({ name, scope, version, attempt: tried }) => [name, scope, version, tried])).toEqual([
      ["SHARED", "project", 1, 1],
      ["DB_PASS", "service", 1, 1],
      ["NOWHERE", null, null, 1],
    ]);
    const listed = async (collection: string, name: string) =>
      (await ask(world.platform, secretList, ["GET", collection])).secrets.find((secret) => secret.name === name);
    expect(await listed("/projects/acme/secrets", "SHARED")).toMatchObject({ lastRead: { version: 1 } });
    expect(await listed(`${report}/secrets`, "DB_PASS")).toMatchObject({ lastRead: { version: 1 } });
    const explained = await ask(world.platform, secretExplanation, ["GET", `${report}/secrets/NOWHERE/explain`]);
    expect(explained.lastAsked).toMatchObject({ execution: ref.executionId, outcome: "missing", attempt: 1 });
    expect(explained.scopes.some(({ answers }) => answers)).toBe(false);
    const history = await ask(world.platform, secretHistory, ["GET", `${report}/secrets/DB_PASS/history`]);
    expect(history.versions).toMatchObject([{ version: 1, source: "boundary", end: null }]);
  });
});
