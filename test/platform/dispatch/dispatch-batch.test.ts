import { connectNats, type NatsLink } from "@sealrun/nats";
import { start } from "@sealrun/platform";
import { executionsStream, poolConsumer } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { dispatchBatch } from "../../../packages/platform/src/dispatch/dispatch-batch.ts";
import { send } from "../../support/api.ts";
import { countStatements } from "../../support/counting-sql.ts";
import { type CountedDeps, openCountedDeps } from "../../support/counted-deps.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";
import { holdBack } from "../../support/hold-back.ts";
import { workOff } from "../../support/work-off.ts";

const slots = 2;
let world: ExecutionsWorld;
let link: NatsLink;
let closeOther: () => Promise<void>;
beforeAll(async () => {
  world = await startExecutionsWorld({ slots });
  // All tests run with two platforms on one database.
  const other = await start(
    { ...world.platform.config, listen: { host: "127.0.0.1", port: 0 } },
    { log: pino({ level: "silent" }) },
  );
  link = await connectNats({ ...world.platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  closeOther = async () => {
    await link.close();
    await other.close();
  };
  await until(async () => (await room()).slots === slots);
});
afterAll(async () => {
  await closeOther();
  await world.close();
});

const count = async (where: string): Promise<number> => world.database.run(`select 1 from executions where ${where}`);
const published = async (): Promise<number> => count("status = 'queued' and published_at is not null");
const room = async (): Promise<{ slots: number }> =>
  (await world.database.row(
    z.object({ slots: z.number() }),
    "select coalesce(sum(slots), 0)::int as slots from executors",
  )) ?? {
    slots: 0,
  };
const pendingInNats = async (): Promise<number> => {
  const manager = await link.connection.jetstreamManager();
  const { num_pending, num_ack_pending } = await manager.consumers.info(
    executionsStream,
    poolConsumer(world.peer.state.pool.id),
  );
  return num_pending + num_ack_pending;
};
/** Starts executions so that all are stored before the first is chosen. */
const heldBack = async (begin: () => Promise<void>): Promise<void> => holdBack(world.database, ["default"], begin);

/** Publishes a batch of that many executions of `report`; returns what its transaction sent. */
async function costOfBatch(
  counted: CountedDeps,
  size: number,
): Promise<{ readonly statements: readonly string[]; readonly waits: number }> {
  const slotsNow = "update executors set slots = $1";
  const cost = await holdBack(world.database, ["default"], async (sql) => {
    for (let index = 0; index < size; index += 1) await world.start("report");
    await sql.run(slotsNow, [20]);
    counted.takeStatements();
    const counting = countStatements(sql);
    expect(await dispatchBatch(counted.within(counting), "default")).toBe("empty");
    const statements = counted.takeStatements();
    await sql.run(slotsNow, [slots]);
    return { statements, waits: counting.waits() };
  });
  expect(await workOff(world.peer, size)).toHaveLength(size);
  return cost;
}

describe("dispatchBatch()", () => {
  test("dispatchBatch() publishes six executions with as many statements as one, in three waits", async () => {
    const counted = await openCountedDeps(world.platform);
    // The version and its files are read once.
    await costOfBatch(counted, 1);
    const [one, six] = [await costOfBatch(counted, 1), await costOfBatch(counted, 6)];
    await counted.close();
    // The pool's lock with its capacity and choice; the rows' lock with the secrets; what was published.
    expect(one.statements).toHaveLength(5);
    expect(one.waits).toBe(3);
    expect(six).toEqual(one);
  });

  test("dispatchBatch() never publishes more than twice the free slots, and never more than twice all slots in NATS", async () => {
    await Promise.all(Array.from({ length: 40 }, async () => world.start("report")));
    const out: number[] = [];
    const inNats: number[] = [];
    const done = await workOff(world.peer, 40, async () => {
      out.push((await published()) + (await count("status = 'running'")));
      inNats.push(await pendingInNats());
    });
    expect(done).toHaveLength(40);
    expect(Math.max(...out)).toBeLessThanOrEqual(2 * slots);
    // The previous acknowledgement may be in transit.
    expect(Math.max(...inNats)).toBeLessThanOrEqual(2 * slots + 1);
  });

  test("dispatchBatch() takes the most urgent first, and the oldest of equal priority", async () => {
    const ids: string[] = [];
    await heldBack(async () => {
      for (const priority of [5, 1, 10, 5, 10, 1]) ids.push(await world.start("report", { priority }));
    });
    const done = await workOff(world.peer, 6);
    expect(done.map(({ id }) => ids.indexOf(id))).toEqual([2, 4, 0, 3, 1, 5]);
  });

  test("dispatchBatch() takes the manifest's priority where the request has none", async () => {
    await world.push("urgent", { "main.sh": "true\n", "manifest.json": '{"priority":9}' });
    await heldBack(async () => {
      await world.start("report");
      await world.start("urgent");
      await world.start("urgent", { priority: 2 });
    });
    const done = await workOff(world.peer, 3);
    expect(done.map((one) => one.package)).toEqual(["urgent", "report", "urgent"]);
  });

  test("dispatchBatch() delays an execution until it is due, and lets others pass", async () => {
    const notBefore = new Date(Date.now() + 2_500).toISOString();
    const late = await world.start("report", { notBefore, priority: 10 });
    const soon = await world.start("report", { priority: 1 });
    expect((await workOff(world.peer, 1)).map(({ id }) => id)).toEqual([soon]);
    expect(await world.show(late)).toMatchObject({
      status: "queued",
      waiting: `It starts at ${notBefore} at the earliest`,
    });
    const [done] = await workOff(world.peer, 1, async () => {
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(notBefore));
    });
    expect(done?.id).toBe(late);
  });

  test("dispatchBatch() keeps to a package's limit, and lets others pass", async () => {
    await world.push("single", { "main.sh": "true\n", "manifest.json": '{"max_concurrent":1}' });
    await heldBack(async () => {
      for (let index = 0; index < 5; index += 1) await world.start("single", { priority: 9 });
      await world.start("report");
    });
    await until(async () => (await published()) === 2);
    const order = await workOff(world.peer, 6, async () => {
      const both = "(status = 'running' or (status = 'queued' and published_at is not null))";
      expect(
        await count(`${both} and package_id = (select id from packages where name = 'single')`),
      ).toBeLessThanOrEqual(1);
    });
    expect(order.map((one) => one.package).toSorted()).toEqual([
      "report",
      ...Array.from({ length: 5 }, () => "single"),
    ]);
    expect(order[0]?.package).toBe("single");
    expect(order.findIndex((one) => one.package === "report")).toBeLessThan(3);
  });

  test("dispatchBatch() keeps to a project's limit in all pools together, with two platforms", async () => {
    const gpu = await enrolPeer(world.platform, { pool: "gpu", slots: 10 });
    await world.push("render", { "main.sh": "true\n", "manifest.json": '{"pool":"gpu"}' });
    await until(async () => (await room()).slots === slots + 10);
    const limited = await send(world.platform, "PATCH", "/projects/acme", { json: { maxConcurrent: 3 } });
    expect(await limited.json()).toMatchObject({ name: "acme", maxConcurrent: 3 });
    const both = "(status = 'running' or (status = 'queued' and published_at is not null))";
    const seen: number[] = [];
    const sample = async (): Promise<void> => void seen.push(await count(both));
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => world.start(index % 2 === 0 ? "render" : "report")),
    );
    await Promise.all([workOff(gpu, 6, sample), workOff(world.peer, 6, sample)]);
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
    await send(world.platform, "PATCH", "/projects/acme", { json: { maxConcurrent: null } });
    await gpu.close();
  });
});
