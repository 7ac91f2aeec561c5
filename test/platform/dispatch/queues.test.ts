import { executionsStream, poolConsumer } from "@sealrun/protocol";
import { NatsError } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { verifyEvent } from "../../../executor/src/supervisor/queue/verify-event.ts";
import { troubleOf } from "../../../packages/platform/src/dispatch/queues.ts";
import { reportsConsumer } from "../../../packages/platform/src/nats/streams.ts";
import { SealrunError } from "@sealrun/protocol";
import { type BreakableWorld, startBreakableWorld } from "../../support/breakable-world.ts";
import { until } from "../../support/executions-world.ts";
import { takeMessage } from "../../support/take-message.ts";
import { claimPatiently, workOff } from "../../support/work-off.ts";

let world: BreakableWorld;
beforeAll(async () => {
  world = await startBreakableWorld();
});
afterAll(async () => world.close());

const isOut = async (id: string): Promise<boolean> =>
  (await world.database.run("select 1 from executions where id = $1 and published_at is not null", [id])) === 1;
const startSome = async (count: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await world.start("report"));
  return ids;
};
const allOut = async (ids: readonly string[]): Promise<void> => {
  for (const id of ids) await until(async () => isOut(id));
};
const workOffAll = async (ids: readonly string[]): Promise<void> => {
  const done = await workOff(world.peer, ids.length);
  expect(done.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
};
/** Runs the next execution, whose event has this generation, with one line of output; returns its id. */
const workOffReporting = async (generation = 1): Promise<string> => {
  const { event, message } = await world.peer.take();
  expect(event.generation).toBe(generation);
  const attempt = await claimPatiently(world.peer, event);
  if (attempt === undefined) throw new TypeError(`${event.executionId} was refused`);
  const { ref } = attempt;
  const line = { type: "log", step: 0, stream: "stdout", text: "a line", time: Date.now() } as const;
  await world.peer.report(ref, 1, [line]);
  await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
  message.done();
  await until(async () => (await world.show(event.executionId)).reportsComplete);
  return event.executionId;
};
const messages = async (): Promise<number> => {
  const connection = await world.nats.connect();
  const { state } = await (await connection.jetstreamManager()).streams.info(executionsStream);
  await connection.close();
  return state.messages;
};

describe("createQueues()", () => {
  test("createQueues() detects a wiped NATS, publishes again, and reads reports again", async () => {
    const ids = await startSome(4);
    await allOut(ids);
    await world.nats.kill("SIGKILL");
    await world.nats.wipe();
    await world.nats.start();
    const first = await workOffReporting(2);
    await workOffAll(ids.filter((id) => id !== first));
  });

  test("createQueues() leaves executions in the database while NATS is down, says so, and drains after", async () => {
    await world.nats.kill("SIGKILL");
    const ids = await startSome(3);
    const [first = ""] = ids;
    await until(
      async () => (await world.show(first)).waiting === "NATS cannot be reached; it starts when NATS is back",
    );
    await world.nats.start();
    await workOffAll(ids);
    const warned = world.logged.filter((line) => line.includes("NATS accepts no events"));
    expect(warned.length).toBeLessThanOrEqual(2);
  });

  test("createQueues() publishes again what an older copy of NATS lacks, and stale events are refused", async () => {
    const old = await startSome(2);
    await allOut(old);
    await world.nats.kill("SIGTERM");
    await world.nats.save();
    await world.nats.start();
    await workOffAll(old);
    const young = await startSome(3);
    await allOut(young);
    await world.nats.kill("SIGKILL");
    await world.nats.restore();
    await world.nats.start();
    await workOffAll(young);
    // The older copy redelivers its events to executors, unacknowledged ones after half a minute.
    for (const deadline = Date.now() + 120_000; (await messages()) > 0 && Date.now() < deadline;) {
      const message = await takeMessage(world.peer.link, world.peer.state.pool.id, AbortSignal.timeout(1_000));
      if (message === undefined) continue;
      const { platform, pool } = world.peer.state;
      const event = verifyEvent(message.frame, { platform, pool: pool.id }, Date.now());
      expect(await claimPatiently(world.peer, event)).toBeUndefined();
      message.done();
    }
    expect(await messages()).toBe(0);
    for (const id of old) expect(await world.show(id)).toMatchObject({ status: "succeeded", attempt: 1 });
  });

  test("createQueues() creates consumers again that are ahead of a stream that starts at 1 again", async () => {
    // Enough that repeated publishing would not reach their number.
    const old = await startSome(31);
    const reported = await workOffReporting();
    await workOffAll(old.filter((id) => id !== reported));
    const before = world.logged.length;
    // A server that is killed may not have written how far its consumers are.
    await world.nats.kill("SIGTERM");
    await world.nats.loseMessages();
    await world.nats.start();
    const young = await startSome(3);
    const first = await workOffReporting();
    await workOffAll(young.filter((id) => id !== first));
    const told = world.logged.slice(before).filter((line) => line.includes("ahead of it is created again"));
    const consumers = told.map((line) => z.object({ consumer: z.string() }).parse(JSON.parse(line)).consumer);
    expect(consumers.toSorted()).toEqual([poolConsumer(world.peer.state.pool.id), reportsConsumer].toSorted());
  });

  test("createQueues() keeps what a full NATS refuses, logs that once, and publishes it when there is space", async () => {
    await world.nats.kill("SIGTERM");
    await world.nats.start({ maxStoreBytes: 1_000 });
    const ids = await startSome(8);
    const last = ids.at(-1) ?? "";
    await until(async () => (await world.show(last)).waiting === "NATS is full; it starts when there is room");
    const full = world.logged.filter((line) => line.includes("NATS is full"));
    expect(full).toHaveLength(1);
    // As another platform does whose check began before the server was full.
    await world.database.run("update streams set trouble = null");
    await until(async () => (await world.show(last)).waiting?.startsWith("NATS is full") === true);
    await world.nats.kill("SIGTERM");
    await world.nats.start();
    await workOffAll(ids);
  });
});

describe("troubleOf()", () => {
  test("troubleOf() tells an unreachable NATS from a full one, and from other errors", () => {
    const refusal = (description: string): NatsError => {
      const error = new NatsError(description, "JetStreamError");
      error.api_error = { code: 503, err_code: 10_077, description };
      return error;
    };
    expect(troubleOf(refusal("maximum bytes exceeded"))).toBe("full");
    expect(troubleOf(refusal("insufficient storage resources available"))).toBe("full");
    expect(troubleOf(new NatsError("timeout", "TIMEOUT"))).toBe("unreachable");
    const wrapped = new SealrunError("NATS_UNREACHABLE", "", { cause: refusal("resource limits exceeded for server") });
    expect(troubleOf(wrapped)).toBe("full");
    expect(troubleOf(new SealrunError("POSTGRES_UNREACHABLE", ""))).toBeUndefined();
  });
});
