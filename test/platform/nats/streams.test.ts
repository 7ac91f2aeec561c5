import { generateIdentity, newId } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import { executionsStream, poolConsumer, poolId, reportsStream } from "@sealrun/protocol";
import { DiscardPolicy, nanos, RetentionPolicy, StorageType } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensurePoolConsumer, ensureStreams, reportsConsumer } from "../../../packages/platform/src/nats/streams.ts";
import { codeOf } from "../../support/executions-world.ts";
import { startTestNats } from "../../support/servers.ts";

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
  test("ensureStreams() makes both streams so that nothing in them is lost or kept too long", async () => {
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

  test("ensureStreams() keeps what is there, however often and from however many it is called", async () => {
    await ensureStreams(link);
    await link.connection.jetstream().publish("sealrun.executions.pol_00000000000000000000", "kept");
    await Promise.all(Array.from({ length: 8 }, async () => ensureStreams(link)));
    const manager = await link.connection.jetstreamManager();
    expect((await manager.streams.info(executionsStream)).state.messages).toBe(1);
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
  test("ensurePoolConsumer() makes a pool's consumer once, for its own subject alone", async () => {
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
