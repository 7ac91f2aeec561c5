import { generateIdentity, newId } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import {
  executionsStream,
  limits,
  poolConsumer,
  poolId,
  type PoolId,
  reportsStream,
  subjects,
} from "@sealrun/protocol";
import { DiscardPolicy, type JetStreamManager, type JsMsg, nanos, RetentionPolicy, StorageType } from "nats";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ensurePoolConsumer,
  ensureStreams,
  removeAcknowledged,
  reportsConsumer,
} from "../../../packages/platform/src/nats/streams.ts";
import { codeOf } from "../../support/executions-world.ts";
import { describeNats } from "../../support/nats-process.ts";
import { programs, startTestNats } from "../../support/servers.ts";

let nats: Awaited<ReturnType<typeof startTestNats>>;
let link: NatsLink;
beforeAll(async () => {
  nats = await startTestNats();
  link = await connectNats({ url: nats.url, ...nats.platform, name: "test", inboxPrefix: "_INBOX.platform" });
});
afterAll(async () => {
  await link.close();
  await nats.stop();
});

describe("ensureStreams()", () => {
  test("ensureStreams() creates both streams so that nothing in them is lost or kept too long", async () => {
    await ensureStreams(link);
    const manager = await link.connection.jetstreamManager();
    for (const [name, subject] of [
      [executionsStream, "sealrun.executions.>"],
      [reportsStream, "sealrun.reports.>"],
    ] as const) {
      const { config } = await manager.streams.info(name);
      expect(config).toMatchObject({
        subjects: [subject],
        retention: RetentionPolicy.Workqueue,
        storage: StorageType.File,
        discard: DiscardPolicy.New,
        max_age: 0,
        duplicate_window: nanos(120_000),
      });
    }
    expect((await manager.consumers.info(reportsStream, reportsConsumer)).config.max_deliver).toBe(-1);
  });

  test("ensureStreams() keeps existing streams, with repeated and concurrent calls", async () => {
    await ensureStreams(link);
    await link.connection.jetstream().publish("sealrun.executions.pol_00000000000000000000", "kept");
    await Promise.all(Array.from({ length: 8 }, async () => ensureStreams(link)));
    const manager = await link.connection.jetstreamManager();
    expect((await manager.streams.info(executionsStream)).state.messages).toBe(1);
  });

  test("ensureStreams() bounds the reports, in a stream that had no limit too, and keeps a limit that was set", async () => {
    const manager = await link.connection.jetstreamManager();
    const limitOf = async () => (await manager.streams.info(reportsStream)).config.max_bytes;
    await ensureStreams(link);
    expect(await limitOf()).toBe(limits.reportsStreamBytes);
    const { config } = await manager.streams.info(reportsStream);
    await manager.streams.update(reportsStream, { ...config, max_bytes: -1 });
    await ensureStreams(link);
    expect(await limitOf()).toBe(limits.reportsStreamBytes);
    await manager.streams.update(reportsStream, { ...config, max_bytes: 2_000_000 });
    await ensureStreams(link);
    expect(await limitOf()).toBe(2_000_000);
    await manager.streams.update(reportsStream, config);
  });

  test("ensureStreams() bounds the reports by less where the server has less storage", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sealrun-test-nats-"));
    const small = await describeNats(folder, programs(), "password");
    await small.start({ maxStoreBytes: 100_000_000 });
    const login = small.login("platform", `nats://127.0.0.1:${small.port}`);
    const there = await connectNats({ ...login, name: "test", inboxPrefix: "_INBOX.platform" });
    const limitOf = async () =>
      (await (await there.connection.jetstreamManager()).streams.info(reportsStream)).config.max_bytes;
    await ensureStreams(there);
    expect(await limitOf()).toBe(limits.reportsStreamBytes / 16);
    await there.close();
    // A server that is started with less storage than it has reserved keeps the stream and what is in it.
    await small.kill("SIGTERM");
    await small.start({ maxStoreBytes: 1_000 });
    const back = await connectNats({ ...login, name: "test", inboxPrefix: "_INBOX.platform" });
    await ensureStreams(back);
    await back.close();
    await small.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  test("ensureStreams() says what is wrong when NATS refuses", async () => {
    const stranger = await connectNats({
      url: nats.url,
      ...nats.executor,
      name: "test",
      inboxPrefix: `_INBOX.exr.${generateIdentity("x").id}`,
    });
    expect(await codeOf(ensureStreams(stranger))).toBe("NATS_UNREACHABLE");
    await stranger.close();
  });
});

describe("ensurePoolConsumer()", () => {
  test("ensurePoolConsumer() creates a pool's consumer once, only for its own subject", async () => {
    await ensureStreams(link);
    const pool = poolId.parse(newId("pool"));
    await ensurePoolConsumer(link, pool);
    await ensurePoolConsumer(link, pool);
    const manager = await link.connection.jetstreamManager();
    const { config } = await manager.consumers.info(executionsStream, poolConsumer(pool));
    expect(config).toMatchObject({
      filter_subject: `sealrun.executions.${pool}`,
      ack_policy: "explicit",
      ack_wait: nanos(30_000),
      max_deliver: -1,
    });
  });
});

/** A consumer's state on the server: its acknowledgement floor, and how many delivered messages are unacknowledged. */
async function stateOf(stream: string, consumer: string) {
  const manager = await link.connection.jetstreamManager();
  const { ack_floor: floor, num_ack_pending: unacknowledged } = await manager.consumers.info(stream, consumer);
  const { state } = await manager.streams.info(stream);
  return { floor: floor.stream_seq, unacknowledged, messages: state.messages };
}

describe("removeAcknowledged()", () => {
  /** The sequence in which a purge made the server forget seven messages; each pass is the platform's cleaning. */
  test("removeAcknowledged() never makes the server forget unacknowledged messages", async () => {
    await freshManager();
    await ensureStreams(link);
    const jetstream = link.connection.jetstream();
    const subject = "sealrun.reports.exr_00000000000000000000";
    const clean = async () => removeAcknowledged(link, reportsStream, reportsConsumer, subjects.allReports);
    const consumer = await jetstream.consumers.get(reportsStream, reportsConsumer);
    const take = async (count: number): Promise<readonly JsMsg[]> => {
      const taken: JsMsg[] = [];
      for await (const message of await consumer.fetch({ max_messages: count, expires: 5_000 })) taken.push(message);
      return taken;
    };
    for (let index = 1; index <= 10; index += 1) await jetstream.publish(subject, "report", { msgID: `id-${index}` });
    const first = await take(10);
    for (const message of first.slice(0, 3)) await message.ackAck();
    await clean();
    await jetstream.publish(subject, "report");
    const [eleventh] = await take(1);
    await eleventh?.ackAck();
    await clean();
    expect(await stateOf(reportsStream, reportsConsumer)).toEqual({ floor: 3, unacknowledged: 7, messages: 7 });
    for (const message of first.slice(3)) message.nak();
    const again = await take(7);
    expect(again.map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    for (const message of again) await message.ackAck();
    await clean();
    expect(await stateOf(reportsStream, reportsConsumer)).toEqual({ floor: 11, unacknowledged: 0, messages: 0 });
  });

  test("removeAcknowledged() removes acknowledged messages that were kept, and nothing that waits, of this pool or another", async () => {
    const manager = await freshManager();
    // A stream that keeps acknowledged messages, like a server that comes back with an older disk.
    await manager.streams.add({ name: executionsStream, subjects: [subjects.allExecutions] });
    const pools = [poolId.parse(newId("pool")), poolId.parse(newId("pool"))] as const;
    for (const pool of pools) await ensurePoolConsumer(link, pool);
    const jetstream = link.connection.jetstream();
    for (let round = 0; round < 5; round += 1) {
      for (const pool of pools) await jetstream.publish(subjects.executions(pool), "event");
    }
    const consumer = await jetstream.consumers.get(executionsStream, poolConsumer(pools[0]));
    for await (const message of await consumer.fetch({ max_messages: 3, expires: 5_000 })) await message.ackAck();
    const clean = async (pool: PoolId) =>
      removeAcknowledged(link, executionsStream, poolConsumer(pool), subjects.executions(pool));
    // Two platforms clean at once.
    const removed = await Promise.all([clean(pools[0]), clean(pools[0]), clean(pools[1])]);
    expect(Math.max(...removed)).toBe(3);
    expect(removed[2]).toBe(0);
    const { state } = await manager.streams.info(executionsStream, { subjects_filter: ">" });
    expect(pools.map((pool) => state.subjects?.[subjects.executions(pool)])).toEqual([2, 5]);
  });
});

/** A server without sealrun's streams. */
async function freshManager(): Promise<JetStreamManager> {
  const manager = await link.connection.jetstreamManager();
  for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
  return manager;
}
