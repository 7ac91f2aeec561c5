import { generateIdentity, newId, signFrame } from "@sealrun/crypto";
import { encodeJson, executorId, inboxPrefix, reportsStream, subjects } from "@sealrun/protocol";
import { connectNats } from "@sealrun/nats";
import { migrationsFolder, start } from "@sealrun/platform";
import { type Database, migrate, openDatabase } from "@sealrun/postgres";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consumeReports } from "../../../packages/platform/src/reports/consume-reports.ts";
import { ensureStreams, readProgress, reportsConsumer } from "../../../packages/platform/src/nats/streams.ts";
import { until } from "../../support/executions-world.ts";
import type { ExecutorPeer } from "../../support/executor-peer.ts";
import { prepareParts } from "../../support/start-platform.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

const silent = pino({ level: "silent" });

let world: TwoExecutorsWorld;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
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
const frameOf = (peer: ExecutorPeer, body: object, subject?: string): Uint8Array => {
  const own = executorId.parse(peer.state.identity.id);
  const header = { v: 1, kind: "report", sender: own, requestId: newId("request"), time: Date.now() } as const;
  return signFrame(peer.state.identity, { ...header, subject: subject ?? subjects.reports(own) }, encodeJson(body));
};

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
      publishRaw(world.peer, frameOf(world.peer, body, elsewhere), elsewhere),
    );
    await expectRefused(ref.executionId, async () =>
      publishRaw(world.peer, frameOf(world.peer, { ...body, sequence: 3_000_000_000 })),
    );
  });

  test("consumeReports() keeps a report whose executor's clock is ahead by an hour", async () => {
    const { ref } = await world.claim("report");
    const body = { ...ref, sequence: 1, items: [started] };
    const own = subjects.reports(executorId.parse(world.peer.state.identity.id));
    const header = { v: 1, kind: "report", sender: world.peer.state.identity.id, requestId: newId("request") } as const;
    const ahead = { ...header, subject: own, time: Date.now() + 3_600_000 };
    await publishRaw(world.peer, signFrame(world.peer.state.identity, ahead, encodeJson(body)));
    await until(async () => (await world.show(ref.executionId)).steps[0]?.status === "running");
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

  test("consumeReports() gives back unread messages when it is closed", async () => {
    const { database, link, close } = await openReports();
    const stop = consumeReports({ database, link, log: silent, queues: { check: async () => undefined } });
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

async function countMessages(): Promise<number> {
  const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  const manager = await link.connection.jetstreamManager();
  const { state } = await manager.streams.info(reportsStream);
  await link.close();
  return state.messages;
}
