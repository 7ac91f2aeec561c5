import {
  createBatchSealer,
  envelopePrefix,
  equalBytes,
  eventDataContext,
  fromBase64,
  type Identity,
  newId,
  openWithMessageKey,
  parametersContext,
  readEnvelope,
  readPrefix,
  secretContext,
  toBase64,
  verifyScopeKey,
} from "@sealrun/crypto";
import { type Grant, grantReply, limits, projectId } from "@sealrun/protocol";
import nacl from "tweetnacl";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { deriveMessageKey } from "../../../packages/crypto/src/envelope/message-key.ts";
import { enrolExecutor } from "../enrolment/enrol-executor.ts";
import { codeOf, startWorld, type World } from "../world.ts";
import {
  askGrant,
  batchFrame,
  grantBody,
  grantItem,
  type ItemBody,
  keyOf,
  newExecution,
  openItem,
  prefixOf,
  type PushedPackage,
  pushPackage,
  sealSecret,
  valueOf,
} from "./attempt.ts";

let world: World;
let executor: Identity;
let pushed: PushedPackage;
beforeAll(async () => {
  world = await startWorld();
  executor = await enrolExecutor(world);
  pushed = await pushPackage(world);
});
afterAll(async () => world.close());

const sealed = (of: PushedPackage): Uint8Array =>
  sealSecret(world, of.publicKey, { scope: "service", ownerId: of.packageId, name: "DB_PASS", value: "s3cret" });

/** Values of one sealing batch, as a push seals all of a secrets.json. */
function sealBatch(of: PushedPackage, names: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const sealer = createBatchSealer(of.publicKey);
  const place = { platformId: world.config.platformId, scope: "service", ownerId: of.packageId } as const;
  return new Map(
    names.map((name) => [name, sealer.seal(secretContext({ ...place, name }), Buffer.from(`value of ${name}`))]),
  );
}
const keyOfName = (granted: Grant, name: string): Uint8Array =>
  fromBase64(granted.secrets.find((secret) => secret.name === name)?.key ?? "");

test("answerGrant() gives one message key for each named value, which opens it", async () => {
  const envelopes = sealBatch(pushed, ["DB_PASS", "TOKEN"]);
  const values = Array.from(envelopes, ([name, envelope]) => valueOf(name, envelope));
  const granted = await askGrant(world, executor, grantBody(executor, pushed, { values }));
  expect(granted.secrets.map(({ name }) => name)).toEqual(["DB_PASS", "TOKEN"]);
  for (const [name, envelope] of envelopes) {
    const opened = openWithMessageKey(keyOfName(granted, name), envelope);
    expect(Buffer.from(opened).toString()).toBe(`value of ${name}`);
  }
});

test("answerGrant() gives a thief of a grant nothing that opens another name of the same sealing batch", async () => {
  const envelopes = sealBatch(pushed, ["GRANTED", "OTHER"]);
  const values = [valueOf("GRANTED", envelopes.get("GRANTED") ?? new Uint8Array(0))];
  const granted = await askGrant(world, executor, grantBody(executor, pushed, { values }));
  const other = envelopes.get("OTHER") ?? new Uint8Array(0);
  const parts = readEnvelope(other);
  const context = secretContext({
    platformId: world.config.platformId,
    scope: "service",
    ownerId: pushed.packageId,
    name: "OTHER",
  });
  // Each run of 32 bytes of the grant, as the message key's halves and as the X25519 result of the batch.
  const texts = [...JSON.stringify(granted).matchAll(/"([A-Za-z0-9+/]{20,}={0,2})"/g)].map(([, text]) => text ?? "");
  const bytes = texts.flatMap((text) => (text.length % 4 === 0 ? [fromBase64(text)] : []));
  const keys = bytes.flatMap((all) =>
    Array.from({ length: Math.max(0, all.length - 31) }, (_, start) => all.subarray(start, start + 32)),
  );
  expect(keys.length).toBeGreaterThan(32);
  for (const key of keys) {
    expect(nacl.secretbox.open(parts.box, parts.nonce, key)).toBeNull();
    const derived = deriveMessageKey(key, readPrefix(envelopePrefix(other)), context, pushed.publicKey);
    expect(equalBytes(derived.subarray(32), parts.commitment)).toBe(false);
  }
  expect(() => openWithMessageKey(keyOfName(granted, "GRANTED"), other)).toThrow("another key");
});

test("answerGrant() binds a key to package and name: the prefix of another name or kind opens nothing", async () => {
  const envelopes = sealBatch(pushed, ["ONE", "TWO"]);
  const [one = new Uint8Array(0), two = new Uint8Array(0)] = envelopes.values();
  const values = [valueOf("ONE", two), { kind: "parameters", prefix: prefixOf(one) }];
  const granted = await askGrant(world, executor, grantBody(executor, pushed, { values }));
  for (const envelope of [one, two]) {
    for (const key of [keyOfName(granted, "ONE"), fromBase64(granted.parameters ?? "")]) {
      expect(() => openWithMessageKey(key, envelope)).toThrow("another key");
    }
  }
});

test("answerGrant() gives the key of the run's parameters and of its event's data, each bound to its place", async () => {
  const { platformId } = world.config;
  const projectKey = await keyOf(world, { scope: "project", ownerId: pushed.projectId });
  const id = newId("event");
  const ofEvent = eventDataContext({ platformId, projectId: pushed.projectId, eventId: id });
  const parameters = createBatchSealer(pushed.publicKey).seal(
    parametersContext({ platformId, packageId: pushed.packageId }),
    Buffer.from("parameters"),
  );
  const sealer = createBatchSealer(projectKey);
  const data = sealer.seal(ofEvent, Buffer.from("data"));
  const place = { platformId, scope: "project", ownerId: pushed.projectId, name: "TOKEN" } as const;
  const token = sealer.seal(secretContext(place), Buffer.from("token of the project"));
  const values = [{ kind: "parameters", prefix: prefixOf(parameters) }];
  const asked = { values, eventData: { id, prefix: prefixOf(data) } };
  const granted = await askGrant(world, executor, grantBody(executor, pushed, asked));
  expect(Buffer.from(openWithMessageKey(fromBase64(granted.parameters ?? ""), parameters)).toString()).toBe(
    "parameters",
  );
  expect(granted.eventData?.id).toBe(id);
  expect(Buffer.from(openWithMessageKey(fromBase64(granted.eventData?.key ?? ""), data)).toString()).toBe("data");
  const stolen = { values: [], eventData: { id, prefix: prefixOf(token) } };
  const { eventData } = await askGrant(world, executor, grantBody(executor, pushed, stolen));
  expect(() => openWithMessageKey(fromBase64(eventData?.key ?? ""), token)).toThrow("another key");
});

test("answerGrant() states the public keys of the package, its project and the platform", async () => {
  const { keys } = await askGrant(world, executor, grantBody(executor, pushed));
  const owners = { service: pushed.packageId, project: pushed.projectId, platform: world.config.platformId };
  for (const scope of ["service", "project", "platform"] as const) {
    const expected = { scope, ownerId: owners[scope], platformId: world.config.platformId };
    expect(verifyScopeKey(keys[scope], world.keyringIdentity.signPublic)).toMatchObject(expected);
  }
});

test("answerGrant() answers the same claim of the same attempt again", async () => {
  const body = grantBody(executor, pushed, { values: [valueOf("DB_PASS", sealed(pushed))] });
  const first = await askGrant(world, executor, body);
  expect(await askGrant(world, executor, body)).toEqual(first);
});

test("answerGrant() refuses another claim of a granted attempt", async () => {
  const first = grantBody(executor, pushed);
  await askGrant(world, executor, first);
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, {}, first.executionId)))).toBe("NO_GRANT");
});

test("answerGrant() refuses the same claim once its attempt has ended, and for another package", async () => {
  const body = grantBody(executor, pushed);
  await askGrant(world, executor, body);
  const other = await pushPackage(world, pushed.projectId);
  expect(await codeOf(askGrant(world, executor, { ...body, packageId: other.packageId }))).toBe("NO_GRANT");
  await world.database.run("update grants set ends_at = now() where execution_id = $1", [body.executionId]);
  expect(await codeOf(askGrant(world, executor, body))).toBe("NO_GRANT");
});

test("answerGrant() refuses one claim for two attempts", async () => {
  const first = grantBody(executor, pushed);
  await askGrant(world, executor, first);
  expect(await codeOf(askGrant(world, executor, { ...first, attempt: 2 }))).toBe("REPLAYED");
});

test("answerGrant() refuses an attempt before the last granted one", async () => {
  const second = grantBody(executor, pushed, { attempt: 2 });
  await askGrant(world, executor, second);
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, {}, second.executionId)))).toBe("NO_GRANT");
});

test("answerGrant() refuses an execution that another package ran", async () => {
  const first = grantBody(executor, pushed);
  await askGrant(world, executor, first);
  const other = grantBody(executor, await pushPackage(world), { attempt: 2 }, first.executionId);
  expect(await codeOf(askGrant(world, executor, other))).toBe("NO_GRANT");
});

test("answerGrant() refuses a project that the executor may not run", async () => {
  const own = projectId.parse(newId("project"));
  const limited = await enrolExecutor(world, [own]);
  expect(await codeOf(askGrant(world, limited, grantBody(limited, pushed)))).toBe("NOT_ENROLLED");
  const allowed = await pushPackage(world, own);
  expect((await askGrant(world, limited, grantBody(limited, allowed))).secrets).toEqual([]);
});

test("answerGrant() does not believe the platform about a package's project", async () => {
  const own = projectId.parse(newId("project"));
  const limited = await enrolExecutor(world, [own]);
  const lie = grantBody(limited, pushed, { projectId: own });
  expect(await codeOf(askGrant(world, limited, lie))).toBe("NO_GRANT");
});

test("answerGrant() refuses a claim of another execution", async () => {
  const other = batchFrame(executor, [newExecution()]);
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, { frame: other })))).toBe("NO_GRANT");
});

test("answerGrant() refuses the key of another package, of the project, and an unknown key", async () => {
  const foreign = sealed(await pushPackage(world, pushed.projectId));
  const projectKey = await keyOf(world, { scope: "project", ownerId: pushed.projectId });
  const project = sealSecret(world, projectKey, { scope: "project", ownerId: pushed.projectId, name: "A", value: "x" });
  const nobody = sealed(pushed);
  nobody.fill(0, 6, 22);
  const outer = Uint8Array.from(fromBase64(prefixOf(sealed(pushed)))).subarray(0, 46);
  outer[4] = 1;
  const prefixes = [
    prefixOf(foreign),
    prefixOf(project),
    prefixOf(nobody),
    toBase64(outer),
    toBase64(outer.subarray(1)),
  ];
  const codes = [];
  for (const prefix of prefixes) {
    const values = [{ kind: "secret", name: "DB_PASS", prefix }];
    codes.push(await codeOf(askGrant(world, executor, grantBody(executor, pushed, { values }))));
  }
  expect(codes).toEqual(["NO_GRANT", "NO_GRANT", "KEY_NOT_FOUND", "WRONG_KEY_OR_CONTEXT", "BAD_FORMAT"]);
});

test("answerGrant() refuses the package's key for an event's data", async () => {
  const eventData = { id: newId("event"), prefix: prefixOf(sealed(pushed)) };
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, { eventData })))).toBe("NO_GRANT");
});

test("answerGrant() refuses an ephemeral key of low order, and records no grant then", async () => {
  const envelope = sealed(pushed);
  envelope.fill(0, 22, 54);
  const body = grantBody(executor, pushed, { values: [valueOf("DB_PASS", envelope)] });
  expect(await codeOf(askGrant(world, executor, body))).toBe("LOW_ORDER_KEY");
  const count = z.object({ count: z.string() });
  const text = "select count(*)::text as count from grants where execution_id = $1";
  expect(await world.database.row(count, text, [body.executionId])).toEqual({ count: "0" });
});

test("answerGrant() refuses more values than a grant holds", async () => {
  const value = valueOf("DB_PASS", sealed(pushed));
  const values = Array.from({ length: limits.grantSecrets + 2 }, () => value);
  expect(await codeOf(askGrant(world, executor, grantBody(executor, pushed, { values })))).toBe("MALFORMED");
});

test("answerGrant() refuses an attempt that has ended", async () => {
  const body = grantBody(executor, pushed, { endsAt: Date.now() - 1 });
  expect(await codeOf(askGrant(world, executor, body))).toBe("NO_GRANT");
});

test("answerGrant() writes one audit row for each grant", async () => {
  const body = grantBody(executor, pushed, { values: [valueOf("DB_PASS", sealed(pushed))] });
  await askGrant(world, executor, body);
  const row = z.object({ action: z.string(), executor_id: z.string(), attempt: z.number(), detail: z.unknown() });
  const text = "select action, executor_id, attempt, detail from audit where execution_id = $1";
  expect(await world.database.rows(row, text, [body.executionId])).toEqual([
    {
      action: "grant",
      executor_id: executor.id,
      attempt: 1,
      detail: { package: pushed.packageId, project: pushed.projectId, opens: ["DB_PASS"] },
    },
  ]);
});

const askItems = async (frame: string, items: readonly ItemBody[]) =>
  (await world.ask("grant", { frame, executorId: executor.id, items }, grantReply)).items;

test("answerGrant() gives a verdict for each of several items, in the order asked; a refused one leaves the others", async () => {
  const other = await pushPackage(world);
  const ids = [newExecution(), newExecution(), newExecution(), newExecution()].toSorted().toReversed();
  const [first = newExecution(), foreign = newExecution(), unclaimed = newExecution(), last = newExecution()] = ids;
  const envelope = sealed(other);
  const items = [
    grantItem(pushed, {}, first),
    grantItem(pushed, { values: [valueOf("DB_PASS", envelope)] }, foreign),
    grantItem(pushed, {}, unclaimed),
    grantItem(other, { values: [valueOf("DB_PASS", envelope)] }, last),
  ];
  const frame = batchFrame(executor, [last, foreign, first]);
  const verdicts = await askItems(frame, items);
  expect(verdicts.map((verdict) => [verdict.executionId, verdict.ok ? "granted" : verdict.error.code])).toEqual([
    [first, "granted"],
    [foreign, "NO_GRANT"],
    [unclaimed, "NO_GRANT"],
    [last, "granted"],
  ]);
  const box = verdicts.flatMap((verdict) => (verdict.ok ? [verdict.grant] : []));
  const granted = openItem(world, executor, items[3] ?? grantItem(other), box[1] ?? "");
  expect(Buffer.from(openWithMessageKey(keyOfName(granted, "DB_PASS"), envelope)).toString()).toBe("s3cret");
  // The grant of one item is bound to its execution.
  expect(() => openItem(world, executor, items[0] ?? grantItem(pushed), box[1] ?? "")).toThrow("another key");
  const audit = z.object({ execution_id: z.string(), action: z.string() });
  const text = "select execution_id, action from audit where execution_id = any ($1::text[]) order by execution_id";
  expect(await world.database.rows(audit, text, [ids])).toEqual(
    ids.toReversed().map((id) => ({
      execution_id: id,
      action: id === first || id === last ? "grant" : "refuse",
    })),
  );
});

test("answerGrant() knows each claim of a batch by its own id: again in another message, and never for two attempts", async () => {
  const ids = [newExecution(), newExecution()];
  const [first = newExecution(), second = newExecution()] = ids;
  const requestIds = [newId("request"), newId("request")];
  const items = ids.map((id) => grantItem(pushed, {}, id));
  const verdicts = await askItems(batchFrame(executor, ids, requestIds), items);
  expect(verdicts.every(({ ok }) => ok)).toBe(true);
  const again = await askItems(batchFrame(executor, [first], requestIds), items.slice(0, 1));
  expect(again.map(({ ok }) => ok)).toEqual([true]);
  const swapped = await askItems(batchFrame(executor, [second, first], requestIds), items);
  expect(swapped.map((verdict) => (verdict.ok ? "granted" : verdict.error.code))).toEqual(["NO_GRANT", "NO_GRANT"]);
  const third = grantItem(pushed);
  const reused = await askItems(batchFrame(executor, [third.executionId], requestIds), [third]);
  expect(reused.map((verdict) => (verdict.ok ? "granted" : verdict.error.code))).toEqual(["REPLAYED"]);
  const twice = [items[0], items[0]].flatMap((item) => item ?? []);
  expect(await codeOf(askItems(batchFrame(executor, ids), twice))).toBe("MALFORMED");
});

test("answerGrant() answers two batches of the same executions at once, asked in opposite orders", async () => {
  const ids = Array.from({ length: 20 }, newExecution);
  const requestIds = ids.map(() => newId("request"));
  const items = ids.map((id) => grantItem(pushed, {}, id));
  const answers = await Promise.all([
    askItems(batchFrame(executor, ids, requestIds), items),
    askItems(batchFrame(executor, ids, requestIds), items.toReversed()),
    askItems(batchFrame(executor, ids.toReversed(), requestIds.toReversed()), items),
  ]);
  expect(answers.flat().filter(({ ok }) => !ok)).toEqual([]);
});
