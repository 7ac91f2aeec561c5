import { readFile } from "node:fs/promises";
import {
  anyAge,
  generateIdentity,
  type Identity,
  importIdentity,
  newId,
  openFrame,
  pairFrame,
  pairKey,
  signFrame,
  stateBox,
} from "@sealrun/crypto";
import {
  type AttemptRef,
  decode,
  encodeJson,
  executorId,
  type FrameHeader,
  isForKeyring,
  rpcRefusal,
  type RpcVerb,
  rpcVerbs,
  subjects,
} from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { enrolPeer, type ExecutorPeer } from "../../support/executor-peer.ts";
import { until } from "../../support/until.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

let world: TwoExecutorsWorld;
let platform: Identity;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
  platform = importIdentity(await readFile(world.platform.config.identityFile));
});
afterAll(async () => {
  await world.close();
});

/** A valid body of every request about one attempt. */
const bodies = {
  lookup: () => ({ name: "DB_PASS" }),
  set: () => ({ scope: "project", name: "A", sha256: "0".repeat(64), size: 2, part: 0, parts: 2, bytes: "AA==" }),
  state: () => ({ op: "get" }),
  fetch: () => ({ what: { kind: "file-list" }, offset: 0 }),
  emit: () => ({ id: newId("event"), type: "made.up", source: "test" }),
  schedule: () => ({ id: newId("schedule"), when: { delayMs: 3_600_000 }, sealedNames: [] }),
  reported: () => ({ lastSequence: 1 }),
  release: () => ({ reason: { code: "DISK_FULL", message: "No space" } }),
} as const satisfies Partial<Record<RpcVerb, () => object>>;
const ofAttempt = ["lookup", "set", "state", "fetch", "emit", "schedule", "reported", "release"] as const;

const subjectOf = ({ state }: ExecutorPeer, verb: RpcVerb): string =>
  subjects.rpc(executorId.parse(state.identity.id), verb);

/** A header that an executor with its keys may make as it likes. */
const headerOf = (peer: ExecutorPeer, verb: RpcVerb, more: Partial<FrameHeader>): FrameHeader => ({
  v: 1,
  kind: `${verb}.request`,
  subject: subjectOf(peer, verb),
  sender: peer.state.identity.id,
  requestId: newId("request"),
  time: Date.now(),
  ...more,
});

/** A request whose header and body an executor with its keys may make as it likes. */
function sign(peer: ExecutorPeer, verb: RpcVerb, header: Partial<FrameHeader>, body: object): Uint8Array {
  return signFrame(peer.state.identity, headerOf(peer, verb, header), encodeJson(body));
}

/** The same with a MAC for the platform, by any keys, and with any statement of them. */
function pair(
  peer: ExecutorPeer,
  verb: RpcVerb,
  header: Partial<FrameHeader>,
  body: object,
  by: Identity = peer.state.identity,
): Uint8Array {
  const to = { id: platform.id, boxPublic: platform.box.publicKey };
  const stated = { ...stateBox(peer.state.identity), ...header };
  return pairFrame({ ...by, id: peer.state.identity.id }, to, headerOf(peer, verb, stated), encodeJson(body));
}

/** The code that the platform answers with; `ok` when it does what was asked. */
async function answerTo({ state, link }: ExecutorPeer, subject: string, frame: Uint8Array): Promise<string> {
  const { data } = await link.connection.request(subject, frame, { timeout: 10_000 });
  const kind = `${subject.split(".").at(-1) ?? ""}.reply`;
  const { body } = openFrame(data, {
    findKey: () => state.platform.signPublic,
    findPairKey: () => pairKey(state.identity, { id: platform.id, boxPublic: platform.box.publicKey }),
    expect: { kind },
    ...anyAge,
  });
  const reply = decode(z.union([rpcRefusal, z.object({ ok: z.literal(true) })]), body);
  return reply.ok ? "ok" : reply.code;
}

async function ask(peer: ExecutorPeer, verb: RpcVerb, header: Partial<FrameHeader>, body: object): Promise<string> {
  return answerTo(peer, subjectOf(peer, verb), sign(peer, verb, header, body));
}

/** The code of each verb's answer, asked one after the other. */
async function askAll(peer: ExecutorPeer, header: Partial<FrameHeader>, more: object = {}) {
  const answers = new Map<RpcVerb, string>();
  for (const verb of ofAttempt) answers.set(verb, await ask(peer, verb, header, { ...bodies[verb](), ...more }));
  return answers;
}
const each = (code: string, except: Partial<Record<RpcVerb, string>> = {}) =>
  new Map<RpcVerb, string>(ofAttempt.map((verb) => [verb, except[verb] ?? code]));

const claimOwn = async (): Promise<AttemptRef> => (await world.claim("report")).ref;

/** The next attempt of an execution that was given back. */
async function claimAgain({ executionId }: AttemptRef): Promise<AttemptRef> {
  for (;;) {
    const { event, message } = await world.peer.take();
    message.done();
    if (event.executionId === executionId) return (await world.peer.claim(event)).ref;
  }
}

describe("answerRpc()", () => {
  test("answerRpc() answers about the attempt that the header names", async () => {
    const ref = await claimOwn();
    expect(await askAll(world.peer, ref)).toEqual(each("ok"));
    // Executors of before name it in the body too.
    expect(await ask(world.peer, "fetch", await claimOwn(), bodies.fetch())).toBe("ok");
    const other = await claimOwn();
    expect(await ask(world.peer, "state", other, { ...bodies.state(), ...other })).toBe("ok");
  });

  test("answerRpc() refuses a body about another attempt than its header, even the executor's own", async () => {
    const [own, other] = [await claimOwn(), await claimOwn()];
    expect(await askAll(world.peer, own, other)).toEqual(each("MALFORMED"));
    expect(await askAll(world.peer, own, { executionId: other.executionId })).toEqual(each("MALFORMED"));
    expect(await askAll(world.peer, own, { attempt: 2 })).toEqual(each("MALFORMED"));
    expect(await refusalsOf(other)).toEqual([]);
    expect(await refusalsOf(own)).toContainEqual({
      action: "secret.lookup.refused",
      detail: { attempt: 1, name: "DB_PASS", code: "MALFORMED" },
    });
    expect((await world.show(other.executionId)).status).toBe("running");
  });

  test("answerRpc() refuses a header without an attempt, and reads none from the body", async () => {
    const own = await claimOwn();
    expect(await askAll(world.peer, {}, own)).toEqual(each("MALFORMED"));
    expect(await askAll(world.peer, { executionId: own.executionId }, own)).toEqual(each("MALFORMED"));
    expect(await askAll(world.peer, { ...own, executionId: "exe_" }, own)).toEqual(each("MALFORMED"));
    expect(await refusalsOf(own)).toEqual([]);
  });

  test("answerRpc() refuses an attempt of another executor, and one that was never given", async () => {
    const own = await claimOwn();
    expect(await askAll(world.other, own)).toEqual(each("LEASE_LOST"));
    expect(await askAll(world.peer, { ...own, attempt: 2 })).toEqual(each("LEASE_LOST"));
    expect((await world.show(own.executionId)).status).toBe("running");
  });

  test("answerRpc() refuses an old attempt, while the next of the same executor runs", async () => {
    const old = await claimOwn();
    await world.peer.rpc.release({ ...old, reason: { code: "DISK_FULL", message: "No space" } });
    const ref = await claimAgain(old);
    expect(ref).toEqual({ executionId: old.executionId, attempt: 2 });
    // Its chunks may still be asked for, and the release gets its answer again.
    expect(await askAll(world.peer, old)).toEqual(each("LEASE_LOST", { reported: "ok", release: "ok" }));
    expect(await askAll(world.peer, old, ref)).toEqual(each("MALFORMED"));
    expect((await world.show(old.executionId)).status).toBe("running");
  });

  test("answerRpc() refuses a frame that is sent again, also under another verb or by another executor", async () => {
    const own = await claimOwn();
    const { peer, other } = world;
    for (const verb of ofAttempt.filter((one) => one !== "release")) {
      const frame = sign(peer, verb, own, bodies[verb]());
      expect(await answerTo(other, subjectOf(other, verb), frame)).toBe("REPLAYED");
      expect(await answerTo(peer, subjectOf(peer, "release"), frame)).toBe("MALFORMED");
      expect(await answerTo(peer, subjectOf(peer, verb), frame)).toBe("ok");
      expect(await answerTo(peer, subjectOf(peer, verb), frame)).toBe("REPLAYED");
      const subject = subjectOf(peer, "release");
      expect(await ask(peer, verb, { ...own, subject }, bodies[verb]())).toBe("REPLAYED");
    }
    expect((await world.show(own.executionId)).status).toBe("running");
  });
});

/** A body of every request, for this attempt. */
const bodyOf = (verb: RpcVerb, ref: AttemptRef): object => {
  switch (verb) {
    case "claim":
      return { claims: [{ executionId: ref.executionId, generation: 1, requestId: newId("request") }] };
    case "renew":
      return { attempts: [ref] };
    case "finish":
      return { ends: [{ ...ref, status: "succeeded", lastSequence: 0 }] };
    case "presence":
      return { slots: 1, running: 1, draining: false };
    default:
      return bodies[verb]();
  }
};

describe("answerRpc() and a MAC", () => {
  test("answerRpc() takes an executor's MAC, except where the keyring needs its signature", async () => {
    for (const verb of rpcVerbs) {
      const own = await claimOwn();
      const frame = pair(world.peer, verb, own, bodyOf(verb, own));
      const expected = isForKeyring(verb) ? "BAD_SIGNATURE" : "ok";
      expect(await answerTo(world.peer, subjectOf(world.peer, verb), frame), verb).toBe(expected);
      if (expected === "ok") expect(await answerTo(world.peer, subjectOf(world.peer, verb), frame)).toBe("REPLAYED");
    }
    expect(rpcVerbs.filter(isForKeyring)).toEqual(["claim", "lookup", "state"]);
  });

  test("answerRpc() refuses a MAC that another executor, or a thief of one key, makes for an executor", async () => {
    const own = await claimOwn();
    const { peer, other } = world;
    const body = bodyOf("finish", own);
    const [thief, { identity }] = [generateIdentity(peer.state.identity.id), other.state];
    const forged = [
      // With the victim's statement, which everybody on the bus has.
      pair(peer, "finish", own, body, identity),
      pair(peer, "finish", { ...own, ...stateBox(identity) }, body, identity),
      pair(peer, "finish", { ...own, ...stateBox({ ...identity, id: thief.id }) }, body, identity),
      pair(peer, "finish", { ...own, ...stateBox(thief) }, body, thief),
      // Nothing is learned from a request that was good.
      pair(peer, "finish", { ...own, box: undefined, boxSignature: undefined }, body),
      // Of the right MAC key, but the key is signed by nobody.
      pair(peer, "finish", { ...own, boxSignature: stateBox(thief).boxSignature }, body),
    ];
    for (const frame of forged) {
      expect(await answerTo(peer, subjectOf(peer, "finish"), frame)).toBe("BAD_SIGNATURE");
    }
    // And its own MAC speaks for itself alone.
    expect(await answerTo(other, subjectOf(other, "fetch"), pair(other, "fetch", own, bodies.fetch()))).toBe(
      "LEASE_LOST",
    );
    expect((await world.show(own.executionId)).status).toBe("running");
  });

  test("answerRpc() refuses the MAC of a revoked executor as it refuses its signature", async () => {
    const revoked = await enrolPeer(world.platform);
    const said = bodyOf("presence", await claimOwn());
    const subject = subjectOf(revoked, "presence");
    expect(await answerTo(revoked, subject, pair(revoked, "presence", {}, said))).toBe("ok");
    await world.database.run("update executors set revoked_at = now() where id = $1", [revoked.state.identity.id]);
    await until(async () => (await ask(revoked, "presence", {}, said)) === "NOT_ENROLLED");
    expect(await answerTo(revoked, subject, pair(revoked, "presence", {}, said))).toBe("NOT_ENROLLED");
    await revoked.close();
  });
});

/** Rows of the audit that say that a request about this execution was refused. */
async function refusalsOf({ executionId }: AttemptRef) {
  return world.database.rows(
    z.object({ action: z.string(), detail: z.unknown() }),
    "select action, detail from audit where object = $1 and action like '%.refused' order by seq",
    [executionId],
  );
}
