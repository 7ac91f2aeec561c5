import { readFile } from "node:fs/promises";
import {
  generateIdentity,
  type Identity,
  importIdentity,
  newId,
  pairFrame,
  readUnverifiedHeader,
  signFrame,
  stateBox,
  toBase64,
} from "@sealrun/crypto";
import {
  type AttemptRef,
  encodeJson,
  executorId,
  type ExecutorId,
  type FrameHeader,
  inboxPrefix,
  type ReportItem,
  reportsStream,
  subjects,
} from "@sealrun/protocol";
import { connectNats, type Peer } from "@sealrun/nats";
import { migrationsFolder, start } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createPlatformRpc } from "../../../executor/src/supervisor/platform/platform-rpc.ts";
import { firstId, freshId, sendChunk } from "../../../executor/src/supervisor/report/send-chunk.ts";
import { notePair } from "../../../packages/nats/src/peer-frame.ts";
import { findExecutor } from "../../../packages/platform/src/executors/store.ts";
import { consumeReports } from "../../../packages/platform/src/reports/consume-reports.ts";
import { ensureStreams, readProgress, reportsConsumer } from "../../../packages/platform/src/nats/streams.ts";
import { chunkOf } from "../../support/report-chunks.ts";
import { until } from "../../support/executions-world.ts";
import { enrolPeer, type ExecutorPeer } from "../../support/executor-peer.ts";
import { prepareParts } from "../../support/start-platform.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

const silent = pino({ level: "silent" });

let world: TwoExecutorsWorld;
let platform: Identity;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
  platform = importIdentity(await readFile(world.platform.config.identityFile));
});
afterAll(async () => {
  await world.close();
});

const started = { type: "step-started", step: 0, time: 1_000 } as const;
const refusals = (): number => world.logged.filter((line) => line.includes("A report was refused")).length;
const expectRefused = async (id: string, publish: () => Promise<unknown>): Promise<void> => {
  const before = refusals();
  await publish();
  await until(async () => refusals() > before);
  expect((await world.show(id)).steps[0]?.status).toBe("pending");
};
const publishRaw = async (peer: ExecutorPeer, frame: Uint8Array, subject?: string): Promise<void> => {
  const own = subjects.reports(executorId.parse(peer.state.identity.id));
  await peer.link.connection.jetstream().publish(subject ?? own, frame);
};
/** A report with a MAC for the platform, by any keys, with any statement of them. */
const pairReport = (
  peer: ExecutorPeer,
  ref: AttemptRef,
  more: Partial<FrameHeader> = {},
  by: Identity = peer.state.identity,
  to: Identity = platform,
): Uint8Array => {
  const own = executorId.parse(peer.state.identity.id);
  const common = { v: 1, kind: "report", subject: subjects.reports(own), sender: own, time: Date.now() } as const;
  const header = { ...common, requestId: newId("request"), ...ref, ...stateBox(peer.state.identity), ...more };
  const body = encodeJson({ sequence: 1, items: [started] });
  return pairFrame({ ...by, id: own }, { id: to.id, boxPublic: to.box.publicKey }, header, body);
};
const signReport = (peer: ExecutorPeer, header: Partial<FrameHeader>, body: object): Uint8Array => {
  const own = executorId.parse(peer.state.identity.id);
  const common = { v: 1, kind: "report", subject: subjects.reports(own), sender: own, time: Date.now() } as const;
  return signFrame(peer.state.identity, { ...common, requestId: newId("request"), ...header }, encodeJson(body));
};
const frameOf = (
  peer: ExecutorPeer,
  { executionId, attempt, ...body }: AttemptRef & { readonly sequence: number; readonly items: readonly ReportItem[] },
  more: { readonly subject?: string; readonly time?: number } = {},
): Uint8Array => signReport(peer, { executionId, attempt, ...more }, body);

describe("consumeReports()", () => {
  test("consumeReports() refuses a report of another executor's attempt", async () => {
    const { ref } = await world.claim("report");
    await expectRefused(ref.executionId, async () => world.other.report(ref, 1, [started]));
  });

  test("consumeReports() refuses a report of an attempt that was never given", async () => {
    const { ref } = await world.claim("report");
    await expectRefused(ref.executionId, async () => world.peer.report({ ...ref, attempt: 2 }, 1, [started]));
  });

  test("consumeReports() refuses bytes that are not a frame, a changed frame, and another executor's subject", async () => {
    const { ref } = await world.claim("report");
    const body = { ...ref, sequence: 1, items: [started] };
    const frame = frameOf(world.peer, body);
    const changed = Buffer.from(frame);
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
    const elsewhere = subjects.reports(executorId.parse(world.other.state.identity.id));
    await expectRefused(ref.executionId, async () => publishRaw(world.peer, Buffer.from("no frame")));
    await expectRefused(ref.executionId, async () => publishRaw(world.peer, changed));
    await expectRefused(ref.executionId, async () => publishRaw(world.peer, frame, elsewhere));
    await expectRefused(ref.executionId, async () =>
      publishRaw(world.peer, frameOf(world.peer, body, { subject: elsewhere }), elsewhere),
    );
    await expectRefused(ref.executionId, async () =>
      publishRaw(world.peer, frameOf(world.peer, { ...body, sequence: 3_000_000_000 })),
    );
  });

  test("consumeReports() refuses a body about another attempt than its header, and a header without one", async () => {
    const [own, other] = [(await world.claim("report")).ref, (await world.claim("report")).ref];
    const body = { sequence: 1, items: [started] };
    for (const { header, named } of [
      { header: own, named: other },
      { header: own, named: { attempt: 2 } },
      { header: {}, named: own },
    ]) {
      await expectRefused(own.executionId, async () =>
        publishRaw(world.peer, signReport(world.peer, header, { ...body, ...named })),
      );
    }
    expect((await world.show(other.executionId)).steps[0]?.status).toBe("pending");
    // Executors of before name it in both.
    await publishRaw(world.peer, signReport(world.peer, own, { ...body, ...own }));
    await until(async () => (await world.show(own.executionId)).steps[0]?.status === "running");
  });

  test("consumeReports() stores what an old attempt reports as that attempt's, and changes no step of the next", async () => {
    const old = (await world.claim("report")).ref;
    await world.peer.rpc.release({ ...old, reason: { code: "DISK_FULL", message: "No space" } });
    const { event, message } = await world.peer.take();
    message.done();
    const { ref } = await world.peer.claim(event);
    expect(ref).toEqual({ ...old, attempt: 2 });
    await world.peer.report(old, 1, [started]);
    await until(async () => (await world.peer.rpc.reported({ ...old, lastSequence: 1 })).length === 0);
    expect(await world.peer.rpc.reported({ ...ref, lastSequence: 1 })).toEqual([1]);
    expect((await world.show(ref.executionId)).steps[0]?.status).toBe("pending");
  });

  test("consumeReports() refuses a report that is sent as a request, and a request that is sent as a report", async () => {
    const { ref } = await world.claim("report");
    const body = { sequence: 1, items: [started] };
    await expectRefused(ref.executionId, async () =>
      publishRaw(world.peer, signReport(world.peer, { ...ref, kind: "lookup.request" }, body)),
    );
    const { link, state } = world.peer;
    const subject = subjects.rpc(executorId.parse(state.identity.id), "lookup");
    const { data } = await link.connection.request(subject, signReport(world.peer, ref, body), { timeout: 10_000 });
    expect(Buffer.from(data).toString("latin1")).toContain('"code":"MALFORMED"');
  });

  test("consumeReports() keeps a report whose executor's clock is ahead by an hour", async () => {
    const { ref } = await world.claim("report");
    const body = { ...ref, sequence: 1, items: [started] };
    await publishRaw(world.peer, frameOf(world.peer, body, { time: Date.now() + 3_600_000 }));
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
  });

  test("consumeReports() keeps a report with a MAC that waited 29 days in the stream", async () => {
    const { ref } = await world.claim("report");
    await publishRaw(world.peer, pairReport(world.peer, ref, { time: Date.now() - 29 * 24 * 3_600_000 }));
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
  });

  test("consumeReports() refuses a MAC by other keys than the executor's, and one for another platform", async () => {
    const { ref } = await world.claim("report");
    const { peer, other } = world;
    const thief = { ...other.state.identity, id: peer.state.identity.id };
    for (const frame of [
      pairReport(peer, ref, {}, thief),
      pairReport(peer, ref, stateBox(other.state.identity), thief),
      pairReport(peer, ref, stateBox(thief), thief),
      pairReport(peer, ref, { boxSignature: undefined }),
      pairReport(peer, ref, {}, peer.state.identity, generateIdentity(platform.id)),
      // What the platform could have made for the executor is no report of it.
      pairReport(peer, ref, { kind: "reported.reply" }),
    ]) {
      await expectRefused(ref.executionId, async () => publishRaw(peer, frame));
    }
  });

  test("consumeReports() refuses the MAC of an executor that was revoked", async () => {
    const revoked = await enrolPeer(world.platform);
    const { ref } = await revoked.claim(await world.take("report"));
    await world.database.run("update executors set revoked_at = now() where id = $1", [revoked.state.identity.id]);
    const presence = async () => revoked.rpc.presence({ slots: 0, running: 0, draining: true });
    await until(async () => (await presence().catch(() => "refused")) === "refused");
    await expectRefused(ref.executionId, async () => publishRaw(revoked, pairReport(revoked, ref)));
    await revoked.close();
  });

  test("consumeReports() gets a chunk again whose MAC was for keys that the platform had before", async () => {
    const { ref } = await world.claim("report");
    const { state, link } = world.peer;
    const { identity } = state;
    const proofs: string[] = [];
    const heard = await listenToProofs(executorId.parse(identity.id), proofs);
    const before: Peer = { ...state.platform };
    const box = toBase64(generateIdentity(platform.id).box.publicKey);
    notePair(before, { v: 1, kind: "x", subject: "x", sender: before.id, requestId: "x", time: 0, box });
    const sender = { link, identity, platform: before };
    const chunk = chunkOf(1, [started]);
    await expectRefused(ref.executionId, async () => sendChunk(sender, ref, chunk, firstId(ref, chunk)));
    const rpc = createPlatformRpc(sender);
    expect(await rpc.reported({ ...ref, lastSequence: 1 })).toEqual([1]);
    await sendChunk(sender, ref, chunk, freshId(ref, chunk));
    await until(async () => (await rpc.reported({ ...ref, lastSequence: 1 })).length === 0);
    await sendChunk({ ...sender, platform: { ...before } }, ref, chunk, freshId(ref, chunk));
    await heard.close();
    expect(proofs).toEqual(["pair", "pair", "signature"]);
    expect((await world.show(ref.executionId)).steps[0]?.status).toBe("running");
  });

  test("consumeReports() leaves nothing in the stream that it has stored or refused", async () => {
    const { ref } = await world.claim("report");
    await world.peer.report(ref, 1, [started]);
    const { platform } = world;
    const beside = await start(
      { ...platform.config, listen: { host: "127.0.0.1", port: 0 } },
      { log: pino({ level: "silent" }) },
    );
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
    await beside.close();
    await until(async () => (await countMessages()) === 0);
  });

  test("consumeReports() stores what comes soon after a transaction together: one starts at most every 60 ms", async () => {
    const refs = [];
    for (let count = 0; count < 12; count += 1) refs.push((await world.claim("report")).ref);
    const before = performance.now();
    for (const ref of refs) await world.peer.report(ref, 1, [started]);
    const ids = refs.map(({ executionId }) => executionId);
    await until(async () => (await countRows("status = 'running'", ids)) === refs.length);
    const most = (performance.now() - before) / 60 + 1;
    expect(await countRows("true", ids, "distinct xmin::text")).toBeLessThanOrEqual(Math.ceil(most));
  });

  test("consumeReports() stores the reports of others when one attempt's cannot be stored", async () => {
    const { database } = world;
    await database.run("alter table receipts add constraint no_bad_name check (name <> 'BAD')");
    const { ref: bad } = await world.claim("report");
    const good = [(await world.claim("report")).ref, (await world.claim("report")).ref];
    const read = { type: "read", step: 0, scope: null, version: null, outcome: "missing", time: 0 } as const;
    // All of them arrive while the platform is kept from reading the first.
    const { release, released } = await lockExecutors(database);
    await world.peer.report(bad, 1, [started]);
    await world.peer.report(bad, 2, [{ ...read, name: "BAD" }]);
    for (const ref of good) await world.peer.report(ref, 1, [started, { ...read, name: "GOOD" }]);
    release();
    await released;
    for (const ref of [...good, bad]) {
      await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
    }
    // The first chunk of the bad one is stored before the second is tried.
    await until(async () =>
      world.logged.some((logged) => logged.includes("A report could not be stored; trying again")),
    );
    await database.run("alter table receipts drop constraint no_bad_name");
    await until(async () => (await world.show(bad.executionId)).receipt.length === 1);
  });

  test("consumeReports() stores the reports of others while one execution is locked", async () => {
    const [locked, free] = [await world.claim("report"), await world.claim("report")];
    await world.database.transaction(async (sql) => {
      await sql.run("select from executions where id = $1 for update", [locked.ref.executionId]);
      await world.peer.report(locked.ref, 1, [started]);
      await world.peer.report(free.ref, 1, [started]);
      await until(async () => (await world.show(free.ref.executionId)).steps[0]?.status === "running");
    });
    await until(async () => (await world.show(locked.ref.executionId)).steps[0]?.status === "running");
  });

  test("consumeReports() gives back unread messages when it is closed", async () => {
    const { database, link, close } = await openReports();
    const kept = { findExecutor: async (id: string) => findExecutor(database, id) };
    const identity = generateIdentity(newId("platform"));
    const stop = consumeReports({
      database,
      link,
      identity,
      kept,
      log: silent,
      queues: { check: async () => undefined },
    });
    const { release, released } = await lockExecutors(database);
    const sender = generateIdentity(newId("executor"));
    const subject = subjects.reports(executorId.parse(sender.id));
    for (let count = 0; count < 10; count += 1) {
      const header = { v: 1, kind: "report", subject, sender: sender.id, requestId: newId("request") } as const;
      const frame = signFrame(sender, { ...header, time: Date.now() }, encodeJson({}));
      await link.connection.jetstream().publish(subject, frame);
    }
    await until(async () => (await readProgress(link, reportsStream, reportsConsumer)).unacknowledged === 10);
    await link.connection.flush();
    const stopped = stop();
    release();
    await Promise.all([stopped, released]);
    // The first was being read and is refused. The others would be redelivered only after 30 s.
    const consumer = await link.connection.jetstream().consumers.get(reportsStream, reportsConsumer);
    const offered: number[] = [];
    for await (const message of await consumer.fetch({ max_messages: 9, expires: 10_000 })) offered.push(message.seq);
    expect(offered.toSorted((left, right) => left - right)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await close();
  });
});

/** A separate database and NATS, without a platform. */
async function openReports() {
  const parts = await prepareParts();
  const { postgres, nats } = parts.config;
  await migrate({ config: postgres, applicationName: "test", folder: migrationsFolder });
  const database = await openDatabase({ config: postgres, applicationName: "test" });
  const link = await connectNats({ ...nats, name: "test", inboxPrefix: inboxPrefix("platform") });
  await ensureStreams(link);
  const close = async (): Promise<void> => {
    await link.close();
    await database.close();
    await parts.remove();
  };
  return { database, link, close };
}

/** Blocks reads of the executors until `release`. */
async function lockExecutors(database: Database) {
  const locked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const released = database.transaction(async (sql) => {
    await sql.run("lock table executors in access exclusive mode");
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  return { release: gate.resolve, released };
}

/** Adds how each report of an executor proves its sender, in their order. */
async function listenToProofs(executor: ExecutorId, proofs: string[]) {
  const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  link.connection.subscribe(subjects.reports(executor), {
    callback: (_, { data }) => void proofs.push(readUnverifiedHeader(data).proof ?? "signature"),
  });
  await link.connection.flush();
  return {
    close: async () => {
      await link.connection.flush();
      await link.close();
    },
  };
}

/** Steps of these executions that meet a condition, or what is counted of them. */
async function countRows(condition: string, ids: readonly string[], what = "*"): Promise<number> {
  const row = await world.database.row(
    z.object({ count: z.number() }),
    `select count(${what})::int as count from execution_steps where execution_id = any ($1) and ${condition}`,
    [ids],
  );
  return row?.count ?? 0;
}

async function countMessages(): Promise<number> {
  const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  const manager = await link.connection.jetstreamManager();
  const { state } = await manager.streams.info(reportsStream);
  await link.close();
  return state.messages;
}
