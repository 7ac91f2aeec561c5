import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { workersOf } from "../support/processes.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 300_000;
const accepted: string[] = [];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), executors: 1 });
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
  await cluster.pushScript("hold", "say hold");
  await cluster.pushScript("ticks", "while :; do say tick; sleep 0.1; done");
  await cluster.pushScript("hold-rerun", "say hold", { on_lost: "rerun" });
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test(
  "sealrun executor stopped past its lease finds its run lost, or run elsewhere, and its scripts ended (F15)",
  { timeout },
  async () => {
    const stopped = cluster.part("executor-0");
    const other = await cluster.addExecutor();
    cluster.witness.hold();
    const [fails, reruns] = [await start("hold"), await start("hold-rerun")];
    await cluster.witness.wait(fails, "hold");
    await cluster.witness.wait(reruns, "hold");
    await stopped.kill("SIGSTOP");
    await other.start();
    expect((await cluster.end(fails)).status).toBe("lost");
    await until(() => (cluster.witness.count(reruns) === 2 ? true : undefined));
    await stopped.kill("SIGCONT");
    await sleep(1_000);
    cluster.witness.release();
    const { status, attempt } = await cluster.end(reruns);
    expect({ status, attempt }).toEqual({ status: "succeeded", attempt: 2 });
    expect(cluster.witness.count(fails)).toBe(1);
    await other.kill("SIGTERM");
  },
);

test(
  "sealrun executor whose supervisor alone is stopped has its script ended by the worker, before its lease is over",
  { timeout },
  async () => {
    const stopped = cluster.part("executor-0");
    const id = await start("ticks");
    await cluster.witness.wait(id, "tick");
    await stopped.kill("SIGSTOP");
    const { status } = await cluster.end(id);
    const ticks = cluster.witness.count(id, "tick");
    await sleep(1_000);
    expect([status, cluster.witness.count(id, "tick")]).toEqual(["lost", ticks]);
    await stopped.kill("SIGCONT");
  },
);

test(
  "sealrun executor that is stopped with its workers past a lease leaves the script running; once they go on, it is gone in a second",
  { timeout },
  async () => {
    const stopped = cluster.part("executor-0");
    const id = await start("ticks");
    await cluster.witness.wait(id, "tick");
    const executor = stopped.pid() ?? 0;
    const all = [executor, ...(await workersOf(executor))];
    for (const pid of all) process.kill(pid, "SIGSTOP");
    expect((await cluster.end(id)).status).toBe("lost");
    const ticks = cluster.witness.count(id, "tick");
    await until(() => (cluster.witness.count(id, "tick") > ticks ? true : undefined));
    for (const pid of all) process.kill(pid, "SIGCONT");
    await sleep(1_000);
    const last = cluster.witness.count(id, "tick");
    await sleep(1_000);
    expect(cluster.witness.count(id, "tick")).toBe(last);
    expect((await cluster.end(id)).status).toBe("lost");
  },
);

test(
  "sealrun executor cut off from NATS before a claim runs nothing; afterwards it runs everything once (F16)",
  { timeout },
  async () => {
    const { nats: wire } = cluster.part("executor-0").wires;
    wire.freeze();
    const id = await start("quick");
    await sleep(2_000);
    expect(cluster.witness.count(id)).toBe(0);
    wire.heal();
    expect((await cluster.end(id)).status).toBe("succeeded");
    expect(cluster.witness.count(id)).toBe(1);
  },
);

test("sealrun executor cut off while a script ends reports the end when it is back (F16)", { timeout }, async () => {
  const { nats: wire } = cluster.part("executor-0").wires;
  cluster.witness.hold();
  const id = await start("hold");
  await cluster.witness.wait(id, "hold");
  wire.cut();
  wire.freeze();
  cluster.witness.release();
  await cluster.witness.wait(id, "end");
  wire.heal();
  expect((await cluster.end(id)).status).toBe("succeeded");
  expect(cluster.witness.count(id)).toBe(1);
});

test(
  "sealrun executor killed while its script runs leaves no script behind, and its lease ends (F4)",
  { timeout },
  async () => {
    const executor = cluster.part("executor-0");
    cluster.witness.hold();
    const id = await start("hold");
    await cluster.witness.wait(id, "hold");
    await executor.kill("SIGKILL");
    await executor.start();
    cluster.witness.release();
    expect((await cluster.end(id)).status).toBe("lost");
    expect(cluster.witness.count(id, "end")).toBe(0);
  },
);

test(
  "sealrun executor whose clock is an hour off gets an error, and takes its work again with the right time (F14)",
  { timeout },
  async () => {
    const executor = cluster.part("executor-0");
    await executor.kill("SIGTERM");
    await executor.start({ SEALRUN_TEST_CLOCK_MS: String(3_600_000) }).catch(() => undefined);
    const id = await start("quick");
    await sleep(3_000);
    expect(cluster.witness.count(id)).toBe(0);
    await executor.kill("SIGKILL");
    await executor.start({ SEALRUN_TEST_CLOCK_MS: String(-30_000) });
    expect((await cluster.end(id)).status).toBe("succeeded");
    expect(cluster.witness.count(id)).toBe(1);
    await executor.kill("SIGKILL");
    await executor.start();
  },
);

test("sealrun executor that was stopped, cut off and killed leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});

async function start(name: string): Promise<string> {
  const id = await cluster.run(name);
  accepted.push(id);
  return id;
}
