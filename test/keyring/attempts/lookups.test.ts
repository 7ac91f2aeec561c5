import {
  createBatchSealer,
  fromBase64,
  type Identity,
  newId,
  openWithMessageKey,
  secretContext,
  stateContext,
  toBase64,
} from "@sealrun/crypto";
import { type AttemptRef, executorId, keyringLookupReply, projectId, subjects } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { enrolExecutor, revoke } from "../enrolment/enrol-executor.ts";
import { forgetRegularly } from "../../../packages/keyring/src/answered-frames/forget.ts";
import { codeOf, createLog, executorFrame, flipBit, startWorld, type World } from "../world.ts";
import {
  askGrant,
  askKeys,
  type Attempt,
  grantBody,
  keyOf,
  lookUp,
  lookupFrame,
  newExecution,
  prefixOf,
  type PushedPackage,
  pushPackage,
  sealSecret,
  startAttempt,
} from "./attempt.ts";

let world: World;
let executor: Identity;
let pushed: PushedPackage;
let attempt: Attempt;
beforeAll(async () => {
  world = await startWorld();
  executor = await enrolExecutor(world);
  pushed = await pushPackage(world);
  attempt = await startAttempt(world, executor, pushed);
});
afterAll(async () => world.close());

const serviceSecret = (of: PushedPackage, name = "DB_PASS", value = "s3cret"): Uint8Array =>
  sealSecret(world, of.publicKey, { scope: "service", ownerId: of.packageId, name, value });

test("answerLookup() lets the executor open a secret of each scope", async () => {
  const owners = { service: pushed.packageId, project: pushed.projectId, platform: world.config.platformId };
  for (const scope of ["service", "project", "platform"] as const) {
    const ownerId = owners[scope];
    const owner = scope === "service" ? { scope, ownerId, projectId: pushed.projectId } : { scope, ownerId };
    const value = `value of ${scope}`;
    const envelope = sealSecret(world, await keyOf(world, owner), { scope, ownerId, name: "TOKEN", value });
    expect(await lookUp(world, attempt, { name: "TOKEN", scope, envelope })).toBe(value);
  }
});

test("answerLookup() gives a key that opens this envelope and not the next of the same upload", async () => {
  const sealer = createBatchSealer(pushed.publicKey);
  const contexts = ["A", "B"].map((key) =>
    stateContext({ platformId: world.config.platformId, packageId: pushed.packageId, key }),
  );
  const [first, second] = contexts.map((context) => sealer.seal(context, Buffer.from("x")));
  if (first === undefined || second === undefined) throw new TypeError("nothing was sealed");
  const requestId = newId("request");
  const frame = stateFrame(attempt, requestId);
  const entries = [{ kind: "state", key: "A", prefix: prefixOf(first) }];
  const [key] = await askKeys(world, attempt, { frame, requestId, entries });
  expect(Buffer.from(openWithMessageKey(key ?? new Uint8Array(0), first)).toString()).toBe("x");
  expect(() => openWithMessageKey(key ?? new Uint8Array(0), second)).toThrow("another key");
});

test("answerLookup() gives all keys of a page of state, in the order asked", async () => {
  const keys = ["z", "a", "m"];
  const envelopes = keys.map((key) =>
    createBatchSealer(pushed.publicKey).seal(
      stateContext({ platformId: world.config.platformId, packageId: pushed.packageId, key }),
      Buffer.from(`state of ${key}`),
    ),
  );
  const requestId = newId("request");
  const entries = envelopes.map((envelope, index) => ({ kind: "state", key: keys[index], prefix: prefixOf(envelope) }));
  const derived = await askKeys(world, attempt, { frame: stateFrame(attempt, requestId), requestId, entries });
  const opened = derived.map((key, index) => openWithMessageKey(key, envelopes[index] ?? new Uint8Array(0)));
  expect(opened.map((value) => Buffer.from(value).toString())).toEqual(keys.map((key) => `state of ${key}`));
});

test("answerLookup() gives the keys of several secrets of the event, each named in the executor's frame", async () => {
  const names = ["A", "B", "C"];
  const sealer = createBatchSealer(pushed.publicKey);
  const place = { platformId: world.config.platformId, scope: "service", ownerId: pushed.packageId } as const;
  const envelopes = names.map((name) =>
    sealer.seal(secretContext({ ...place, name }), Buffer.from(`value of ${name}`)),
  );
  const entryOf = (index: number, name = names[index]): object => ({
    kind: "event-secret",
    name,
    prefix: prefixOf(envelopes[index] ?? new Uint8Array(0)),
  });
  const asked = (entries: readonly object[]) => {
    const requestId = newId("request");
    const values = ["A", "B"].map((name) => ({ name, id: newId("secret"), version: 1 }));
    return {
      frame: executorFrame(executor, "lookup", { values }, { ...refOf(attempt), requestId }),
      requestId,
      entries,
    };
  };
  const keys = await askKeys(world, attempt, asked([entryOf(1), entryOf(0)]));
  const opened = [1, 0].map((at, index) =>
    openWithMessageKey(keys[index] ?? new Uint8Array(0), envelopes[at] ?? new Uint8Array(0)),
  );
  expect(opened.map((value) => Buffer.from(value).toString())).toEqual(["value of B", "value of A"]);
  // A name that is not in the frame, a name twice, and another value's prefix under a name of the frame.
  expect(await codeOf(askKeys(world, attempt, asked([entryOf(2)])))).toBe("NO_GRANT");
  expect(await codeOf(askKeys(world, attempt, asked([entryOf(0), entryOf(0)])))).toBe("NO_GRANT");
  const [wrong] = await askKeys(world, attempt, asked([entryOf(2, "A")]));
  expect(() => openWithMessageKey(wrong ?? new Uint8Array(0), envelopes[2] ?? new Uint8Array(0))).toThrow(
    "another key",
  );
  const requestId = newId("request");
  const named = { frame: lookupFrame(attempt, "A", requestId), requestId, entries: [entryOf(0)] };
  expect(await codeOf(askKeys(world, attempt, named))).toBe("MALFORMED");
});

test("answerLookup() takes the name from the executor's frame: another secret's prefix opens nothing", async () => {
  const other = serviceSecret(pushed, "OTHER");
  await expect(lookUp(world, attempt, { name: "DB_PASS", scope: "service", envelope: other })).rejects.toMatchObject({
    code: "WRONG_KEY_OR_CONTEXT",
  });
});

test("answerLookup() refuses the key of another package, another project, and another scope of its own", async () => {
  const stranger = await pushPackage(world);
  const strangerKey = await keyOf(world, { scope: "project", ownerId: stranger.projectId });
  const strangers = { scope: "project", ownerId: stranger.projectId, name: "DB_PASS", value: "x" } as const;
  const cases = [
    { scope: "service", envelope: serviceSecret(stranger) },
    { scope: "project", envelope: sealSecret(world, strangerKey, strangers) },
    { scope: "project", envelope: serviceSecret(pushed) },
    { scope: "platform", envelope: serviceSecret(pushed) },
  ] as const;
  for (const { scope, envelope } of cases) {
    expect(await codeOf(lookUp(world, attempt, { name: "DB_PASS", scope, envelope }))).toBe("NO_GRANT");
  }
});

test("answerLookup() refuses an unknown key id", async () => {
  const envelope = serviceSecret(pushed);
  envelope.fill(0, 6, 22);
  expect(await codeOf(lookUp(world, attempt, { name: "DB_PASS", scope: "service", envelope }))).toBe("KEY_NOT_FOUND");
});

test("answerLookup() refuses an ephemeral key of low order", async () => {
  const envelope = serviceSecret(pushed);
  envelope.fill(0, 22, 54);
  expect(await codeOf(lookUp(world, attempt, { name: "DB_PASS", scope: "service", envelope }))).toBe("LOW_ORDER_KEY");
});

test("answerLookup() refuses an attempt without a grant, of another executor, and one that ended", async () => {
  const envelope = serviceSecret(pushed);
  const requests = { name: "DB_PASS", scope: "service", envelope } as const;
  const never = { executor, executionId: newExecution(), attempt: 1 };
  const others = { ...attempt, executor: await enrolExecutor(world) };
  const ended = await startAttempt(world, executor, pushed);
  await world.database.run("update grants set ends_at = now() where execution_id = $1", [ended.executionId]);
  for (const candidate of [never, others, ended, { ...attempt, attempt: 2 }]) {
    expect(await codeOf(lookUp(world, candidate, requests))).toBe("NO_GRANT");
  }
});

test("answerLookup() refuses an attempt once a later one was granted", async () => {
  const first = await startAttempt(world, executor, pushed);
  const next = grantBody(executor, pushed, { attempt: 2 }, first.executionId);
  await askGrant(world, executor, next);
  const requests = { name: "DB_PASS", scope: "service", envelope: serviceSecret(pushed) } as const;
  expect(await codeOf(lookUp(world, first, requests))).toBe("NO_GRANT");
  expect(await lookUp(world, { ...first, attempt: 2 }, requests)).toBe("s3cret");
});

test("answerLookup() refuses an executor from the moment it is revoked", async () => {
  const own = await enrolExecutor(world);
  const attempt = await startAttempt(world, own, pushed);
  const requests = { name: "DB_PASS", scope: "service", envelope: serviceSecret(pushed) } as const;
  expect(await lookUp(world, attempt, requests)).toBe("s3cret");
  await revoke(world, own);
  expect(await codeOf(lookUp(world, attempt, requests))).toBe("NOT_ENROLLED");
});

test("answerLookup() refuses an executor that lost the right to the project", async () => {
  const limited = await enrolExecutor(world, [pushed.projectId]);
  const attempt = await startAttempt(world, limited, pushed);
  const other = projectId.parse(newId("project"));
  await world.database.run("update executors set projects = $1 where id = $2", [JSON.stringify([other]), limited.id]);
  const requests = { name: "DB_PASS", scope: "service", envelope: serviceSecret(pushed) } as const;
  expect(await codeOf(lookUp(world, attempt, requests))).toBe("NOT_ENROLLED");
});

test("answerLookup() answers one frame again for the same values and refuses it for others", async () => {
  const requestId = newId("request");
  const frame = lookupFrame(attempt, "DB_PASS", requestId);
  const entryOf = (envelope: Uint8Array): object[] => [
    { kind: "secret", scope: "service", prefix: prefixOf(envelope) },
  ];
  const entries = entryOf(serviceSecret(pushed));
  const first = await askKeys(world, attempt, { frame, requestId, entries });
  expect(await askKeys(world, attempt, { frame, requestId, entries })).toEqual(first);
  const others = askKeys(world, attempt, { frame, requestId, entries: entryOf(serviceSecret(pushed)) });
  expect(await codeOf(others)).toBe("REPLAYED");
});

test("forgetRegularly() forgets frames that were answered more than an hour ago, and no others", async () => {
  const old = "update answered_frames set answered_at = now() - interval '2 hours' where digest = 'old'";
  await world.database.run("insert into answered_frames (digest, asked) values ('old', ''), ('new', '')");
  await world.database.run(old);
  await forgetRegularly(world.database, createLog([])).close();
  const text = "select digest from answered_frames where digest in ('old', 'new')";
  expect(await world.database.rows(z.object({ digest: z.string() }), text)).toEqual([{ digest: "new" }]);
});

test("answerLookup() binds its answer to the request id, so that an old answer opens for no later request", async () => {
  const requestId = newId("request");
  const entries = [{ kind: "secret", scope: "service", prefix: prefixOf(serviceSecret(pushed)) }];
  const asked = { frame: lookupFrame(attempt, "DB_PASS", requestId), requestId: newId("request"), entries };
  expect(await codeOf(askKeys(world, attempt, asked))).toBe("WRONG_KEY_OR_CONTEXT");
});

test("answerLookup() refuses a changed frame, an old one, and one of another verb or subject", async () => {
  const requestId = newId("request");
  const entries = [{ kind: "secret", scope: "service", prefix: prefixOf(serviceSecret(pushed)) }];
  const good = lookupFrame(attempt, "DB_PASS", requestId);
  const [body, header] = [{ name: "DB_PASS" }, { ...refOf(attempt), requestId }];
  const subject = subjects.rpc(executorId.parse((await enrolExecutor(world)).id), "lookup");
  const cases = [
    { frame: flipBit(good, fromBase64(good).length - 70), code: "BAD_SIGNATURE" },
    { frame: executorFrame(executor, "lookup", body, { ...header, time: Date.now() - 120_000 }), code: "EXPIRED" },
    { frame: executorFrame(executor, "renew", body, header), code: "MALFORMED" },
    { frame: executorFrame(executor, "lookup", { name: "not a name" }, header), code: "MALFORMED" },
    { frame: executorFrame(executor, "lookup", body, { ...header, subject }), code: "REPLAYED" },
  ];
  for (const { frame, code } of cases) {
    expect(await codeOf(askKeys(world, attempt, { frame, requestId, entries }))).toBe(code);
  }
});

test("answerLookup() refuses a frame whose header names no attempt, or another than the platform or its own body", async () => {
  const other = await startAttempt(world, executor, pushed);
  const requestId = newId("request");
  const entries = [{ kind: "secret", scope: "service", prefix: prefixOf(serviceSecret(pushed)) }];
  const frameOf = (header: object, body: object = {}) =>
    executorFrame(executor, "lookup", { name: "DB_PASS", ...body }, { ...header, requestId });
  const cases = [
    { frame: frameOf({}, refOf(attempt)), code: "MALFORMED" },
    { frame: frameOf(refOf(other)), code: "NO_GRANT" },
    { frame: frameOf(refOf(other), refOf(attempt)), code: "MALFORMED" },
    { frame: frameOf(refOf(attempt), refOf(other)), code: "MALFORMED" },
    { frame: frameOf(refOf(attempt), { attempt: 2 }), code: "MALFORMED" },
    { frame: frameOf({ ...refOf(attempt), attempt: 2 }), code: "NO_GRANT" },
  ];
  for (const { frame, code } of cases) {
    expect(await codeOf(askKeys(world, attempt, { frame, requestId, entries }))).toBe(code);
  }
  // Executors of before name their attempt in both.
  expect(
    await askKeys(world, attempt, { frame: frameOf(refOf(attempt), refOf(attempt)), requestId, entries }),
  ).toHaveLength(1);
});

test("answerLookup() refuses more than one secret for a name, and secrets mixed with state", async () => {
  const secret = { kind: "secret", scope: "service", prefix: prefixOf(serviceSecret(pushed)) };
  const state = { kind: "state", key: "a", prefix: secret.prefix };
  for (const entries of [[secret, secret], [secret, state], [state, secret], []]) {
    const requestId = newId("request");
    const frame = lookupFrame(attempt, "DB_PASS", requestId);
    expect(await codeOf(askKeys(world, attempt, { frame, requestId, entries }))).toBe("MALFORMED");
  }
});

test("answerLookup() reads no secret for a state frame and no state for a put", async () => {
  const requestId = newId("request");
  const { prefix } = { prefix: prefixOf(serviceSecret(pushed)) };
  const put = { op: "put", key: "a", envelope: toBase64(new Uint8Array(3)) };
  const putFrame = executorFrame(executor, "state", put, { ...refOf(attempt), requestId });
  const cases = [
    { frame: stateFrame(attempt, requestId), entries: [{ kind: "secret", scope: "service", prefix }] },
    { frame: putFrame, entries: [{ kind: "state", key: "a", prefix }] },
  ];
  for (const { frame, entries } of cases) {
    expect(await codeOf(askKeys(world, attempt, { frame, requestId, entries }))).toMatch(/^(MALFORMED|REPLAYED)$/);
  }
});

test("answerLookup() refuses an outer envelope: it holds no ephemeral key", async () => {
  const requestId = newId("request");
  const outer = Uint8Array.from(fromBase64(prefixOf(serviceSecret(pushed))));
  outer[4] = 1;
  const prefix = toBase64(outer.subarray(0, 46));
  const entries = [{ kind: "secret", scope: "service", prefix }];
  const asked = { frame: lookupFrame(attempt, "DB_PASS", requestId), requestId, entries };
  expect(await codeOf(askKeys(world, attempt, asked))).toBe("WRONG_KEY_OR_CONTEXT");
});

test("answerLookup() writes names and no values to the audit before it answers", async () => {
  const attempt = await startAttempt(world, executor, pushed);
  const envelope = serviceSecret(pushed, "AUDITED", "plain-value");
  await lookUp(world, attempt, { name: "AUDITED", scope: "service", envelope });
  const row = z.object({ detail: z.unknown() });
  const text = "select detail from audit where action = 'lookup' and execution_id = $1";
  expect(await world.database.rows(row, text, [attempt.executionId])).toEqual([
    { detail: { name: "AUDITED", scope: "service" } },
  ]);
});

test("answerLookup() leaves the refusal behind, and nothing else, when it refuses", async () => {
  const count = async (): Promise<unknown> =>
    world.database.row(
      z.object({ count: z.string() }),
      "select (select count(*) from audit where action <> 'refuse') + (select count(*) from answered_frames) as count",
    );
  const before = await count();
  const envelope = serviceSecret(await pushPackage(world));
  const code = await codeOf(lookUp(world, attempt, { name: "DB_PASS", scope: "service", envelope }));
  expect(await count()).toEqual(before);
  const row = z.object({ executor_id: z.string(), attempt: z.number(), detail: z.unknown() });
  const text = "select executor_id, attempt, detail from audit where action = 'refuse' order by number desc";
  expect(await world.database.row(row, text)).toEqual({
    executor_id: executor.id,
    attempt: 1,
    detail: { verb: "lookup", code },
  });
});

test("answerLookup() never answers in the clear: the reply holds only the box", async () => {
  const requestId = newId("request");
  const entries = [{ kind: "secret", scope: "service", prefix: prefixOf(serviceSecret(pushed)) }];
  const body = {
    executorFrame: lookupFrame(attempt, "DB_PASS", requestId),
    executionId: attempt.executionId,
    attempt: 1,
    executorId: executor.id,
    entries,
  };
  const reply = await world.ask("lookup", body, keyringLookupReply);
  expect(Object.keys(reply).sort()).toEqual(["keys", "ok"]);
});

function stateFrame(attempt: Attempt, requestId: string): string {
  return executorFrame(attempt.executor, "state", { op: "get" }, { ...refOf(attempt), requestId });
}

function refOf({ executionId, attempt }: Attempt): AttemptRef {
  return { executionId, attempt };
}
