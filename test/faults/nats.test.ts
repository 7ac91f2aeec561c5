import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";
import { expectEachOnce, runQuick } from "./each-once.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 300_000;
const accepted: string[] = [];

const runMany = async (count: number): Promise<readonly string[]> => runQuick(cluster, count);
const expectOnce = async (ids: readonly string[]): Promise<void> => {
  accepted.push(...ids);
  await expectEachOnce(cluster, ids);
};

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs() });
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
  await cluster.pushScript("hold", "say hold");
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test(
  "nats-server killed right after its acks delivers old work again, which no executor runs again (F5)",
  { timeout },
  async () => {
    const ids = await runMany(20);
    await cluster.ends(ids);
    await cluster.nats.kill("SIGKILL");
    await cluster.nats.start();
    const more = await runMany(3);
    await expectOnce([...ids, ...more]);
  },
);

test("nats-server wiped under load gets its streams and every queued execution again (F6)", { timeout }, async () => {
  const ids = await runMany(20);
  await cluster.nats.kill("SIGKILL");
  await cluster.nats.wipe();
  await cluster.nats.start();
  await expectOnce([...ids, ...(await runMany(2))]);
});

test(
  "nats-server restored from an older copy brings events back that no executor runs again (F6)",
  { timeout },
  async () => {
    cluster.witness.hold();
    const held = [await cluster.run("hold"), await cluster.run("hold")];
    for (const id of held) await cluster.witness.wait(id, "hold");
    await cluster.nats.kill("SIGTERM");
    await cluster.nats.save();
    await cluster.nats.start();
    cluster.witness.release();
    await cluster.ends(held);
    const later = await runMany(5);
    await cluster.ends(later);
    await cluster.nats.kill("SIGKILL");
    await cluster.nats.restore();
    await cluster.nats.start();
    await expectOnce([...held, ...later, ...(await runMany(2))]);
  },
);

test(
  "POST …/executions is accepted while NATS is down, says what it waits for, and runs later (F7)",
  { timeout },
  async ({ signal }) => {
    await cluster.nats.kill("SIGKILL");
    // The keyring is asked over NATS as well: the platform knows the package's key from an earlier start.
    const id = await cluster.run("quick");
    await until(async () => (/NATS/.test((await cluster.show(id)).waiting ?? "") ? true : undefined), signal);
    await cluster.nats.start();
    await expectOnce([id]);
  },
);

test(
  "nats-server without room refuses events, which wait in the database until it has some (F8)",
  { timeout },
  async ({ signal }) => {
    await cluster.nats.kill("SIGTERM");
    await cluster.nats.wipe();
    // Less than one event takes: the server accepts the first, and nothing more.
    await cluster.nats.start({ maxStoreBytes: 1_024 });
    const ids = await runMany(3);
    // They are sent at once, so that any of them may be the first; the others say what they wait for.
    await until(async () => {
      const infos = await Promise.all(ids.map(async (id) => cluster.show(id)));
      return infos.some(({ waiting }) => /full/.test(waiting ?? "")) ? true : undefined;
    }, signal);
    await cluster.nats.kill("SIGTERM");
    await cluster.nats.start();
    await expectOnce(ids);
  },
);

test("nats-server that repeats events out of order has each run once (F13)", { timeout }, async () => {
  const connection = await cluster.nats.connect();
  const copies: { readonly subject: string; readonly data: Uint8Array }[] = [];
  const heard = connection.subscribe("sealrun.executions.>", {
    callback: (_, message) => void copies.push({ subject: message.subject, data: Uint8Array.from(message.data) }),
  });
  await connection.flush();
  cluster.witness.hold();
  const ids = [await cluster.run("hold"), await cluster.run("hold")];
  for (const id of ids) await cluster.witness.wait(id, "hold");
  // What was published before has arrived here with the answer.
  await connection.flush();
  heard.unsubscribe();
  expect(copies.length).toBeGreaterThanOrEqual(2);
  for (let turn = 0; turn < 50; turn += 1) {
    for (const { subject, data } of copies.toReversed()) connection.publish(subject, data);
  }
  await connection.flush();
  cluster.witness.release();
  await cluster.ends(ids);
  for (const { subject, data } of copies) connection.publish(subject, data);
  await connection.flush();
  await connection.close();
  await expectOnce([...ids, ...(await runMany(2))]);
});

test("nats-server that was killed, wiped, restored and full leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});
