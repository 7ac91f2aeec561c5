import { connectNats, type NatsLink } from "@sealrun/nats";
import { executionsStream, subjects } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { reconcile } from "../../../packages/platform/src/dispatch/reconciler.ts";
import { createQueues } from "../../../packages/platform/src/dispatch/queues.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
let link: NatsLink;
beforeAll(async () => {
  world = await startExecutionsWorld();
  link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
});
afterAll(async () => {
  await link.close();
  await world.close();
});

const run = async (): Promise<void> => {
  const deps = { database: world.database, link, log: pino({ level: "silent" }) };
  await reconcile({ ...deps, queues: createQueues(deps) }, 0);
};
const stateOf = async (id: string) =>
  world.database.row(
    z.object({ generation: z.number(), published_seq: z.string().nullable() }),
    "select generation, published_seq from executions where id = $1",
    [id],
  );
const startPublished = async (): Promise<string> => {
  const id = await world.start("report");
  await until(async () => (await stateOf(id))?.published_seq !== null);
  return id;
};
const generationOf = async (id: string): Promise<number | undefined> => (await stateOf(id))?.generation;

describe("reconcile()", () => {
  test("reconcile() requests a new event when the old one was taken and never claimed", async () => {
    const { executionId } = await world.take("report");
    await run();
    await until(async () => (await generationOf(executionId)) === 2);
    const { event, message } = await world.peer.take();
    message.done();
    expect(event).toMatchObject({ executionId, generation: 2 });
    await world.peer.claim(event);
  });

  test("reconcile() keeps an event that waits, or that an executor is processing", async () => {
    const waiting = await startPublished();
    await run();
    expect(await generationOf(waiting)).toBe(1);
    const { event, message } = await world.peer.take();
    expect(event.executionId).toBe(waiting);
    await run();
    expect(await generationOf(waiting)).toBe(1);
    await world.peer.claim(event);
    message.done();
    await run();
    expect(await generationOf(waiting)).toBe(1);
  });

  test("reconcile() identifies an event by its id, because a restored stream reuses old numbers", async () => {
    const id = await startPublished();
    const { event, message } = await world.peer.take();
    expect(event.executionId).toBe(id);
    message.done();
    const other = await startPublished();
    await world.database.run("update executions set published_seq = $2 where id = $1", [
      id,
      (await stateOf(other))?.published_seq,
    ]);
    await run();
    await until(async () => (await generationOf(id)) === 2);
    expect(await generationOf(other)).toBe(1);
  });

  test("reconcile() requests one event when several platforms reconcile at once", async () => {
    const { executionId } = await world.take("report");
    await Promise.all([run(), run(), run()]);
    await until(async () => (await generationOf(executionId)) === 2);
    await run();
    expect(await generationOf(executionId)).toBe(2);
  });

  test("reconcile() removes acknowledged messages, and nothing that waits", async () => {
    const kept = await startPublished();
    const manager = await link.connection.jetstreamManager();
    const before = (await manager.streams.info(executionsStream)).state.messages;
    await run();
    const after = await manager.streams.info(executionsStream, { subjects_filter: ">" });
    expect(after.state.messages).toBeLessThanOrEqual(before);
    expect(after.state.subjects?.[subjects.executions(world.peer.state.pool.id)]).toBeGreaterThan(0);
    for (;;) {
      const { event, message } = await world.peer.take();
      message.done();
      if (event.executionId === kept) break;
    }
  });
});
