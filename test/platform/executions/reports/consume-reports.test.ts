import { newId, signFrame } from "@sealrun/crypto";
import { encodeJson, executorId, reportsStream, subjects } from "@sealrun/protocol";
import { connectNats } from "@sealrun/nats";
import { start } from "@sealrun/platform";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../../support/executions-world.ts";
import { enrolPeer, type ExecutorPeer } from "../../../support/executor-peer.ts";

let world: ExecutionsWorld;
let other: ExecutorPeer;
beforeAll(async () => {
  world = await startExecutionsWorld();
  other = await enrolPeer(world.platform);
});
afterAll(async () => {
  await other.close();
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
    const { held } = await world.claim("report");
    await expectRefused(held.executionId, async () => other.report(held, 1, [started]));
  });

  test("consumeReports() refuses a report of an attempt that was never given", async () => {
    const { held } = await world.claim("report");
    await expectRefused(held.executionId, async () => world.peer.report({ ...held, attempt: 2 }, 1, [started]));
  });

  test("consumeReports() refuses bytes that are no frame, a changed frame, and another's subject", async () => {
    const { held } = await world.claim("report");
    const body = { ...held, sequence: 1, items: [started] };
    const frame = frameOf(world.peer, body);
    const changed = Buffer.from(frame);
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
    const elsewhere = subjects.reports(executorId.parse(other.state.identity.id));
    await expectRefused(held.executionId, async () => publishRaw(world.peer, Buffer.from("no frame")));
    await expectRefused(held.executionId, async () => publishRaw(world.peer, changed));
    await expectRefused(held.executionId, async () => publishRaw(world.peer, frame, elsewhere));
    await expectRefused(held.executionId, async () =>
      publishRaw(world.peer, frameOf(world.peer, body, elsewhere), elsewhere),
    );
    await expectRefused(held.executionId, async () =>
      publishRaw(world.peer, frameOf(world.peer, { ...body, sequence: 3_000_000_000 })),
    );
  });

  test("consumeReports() leaves nothing in the stream that it has stored or refused", async () => {
    const { held } = await world.claim("report");
    await world.peer.report(held, 1, [started]);
    const { platform } = world;
    const beside = await start(
      { ...platform.config, listen: { host: "127.0.0.1", port: 0 } },
      { log: pino({ level: "silent" }) },
    );
    await until(async () => (await world.show(held.executionId)).steps[0]?.status === "running");
    await beside.close();
    await until(async () => (await countMessages()) === 0);
  });
});

async function countMessages(): Promise<number> {
  const link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  const manager = await link.connection.jetstreamManager();
  const { state } = await manager.streams.info(reportsStream);
  await link.close();
  return state.messages;
}
