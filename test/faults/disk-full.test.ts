import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, type ClusterPart, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 180_000;
const accepted: string[] = [];

let cluster: Cluster;
let executor: ClusterPart;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), executors: 0 });
  executor = await cluster.addExecutor({}, { diskBytes: 24 * 1024 * 1024 });
  await executor.start();
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
  await cluster.pushScript("hold", "say hold");
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test(
  "sealrun executor whose disk is full ends runs with an error, and runs when there is room",
  { timeout },
  async () => {
    const makeRoom = await fill();
    const { id, status, error } = await cluster.end(await start("quick"));
    await makeRoom();
    expect([status, error?.code]).toEqual(["failed", "DISK_FULL"]);
    expect(cluster.witness.count(id)).toBe(0);
    expect((await cluster.end(await start("quick"))).status).toBe("succeeded");
  },
);

test(
  "sealrun executor whose disk fills up while a script runs tells its end, and leaves nothing",
  { timeout },
  async () => {
    cluster.witness.hold();
    const id = await start("hold");
    await cluster.witness.wait(id, "hold");
    const makeRoom = await fill();
    cluster.witness.release();
    const { status, error } = await cluster.end(id);
    await makeRoom();
    expect([status, error]).toEqual(["succeeded", null]);
    expect((await cluster.end(await start("quick"))).status).toBe("succeeded");
  },
);

test("sealrun executor whose disk was full leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});

async function start(name: string): Promise<string> {
  const id = await cluster.run(name);
  accepted.push(id);
  return id;
}

/** Fills the executor's disk to its last byte; the answer makes room again. */
async function fill(): Promise<() => Promise<void>> {
  const folder = join("/proc", String(executor.pid()), "root", cluster.folder, executor.name, "disk");
  const files: string[] = [];
  await until(async () => {
    const file = join(folder, `filler-${files.length}`);
    files.push(file);
    // What fits of the last one stays.
    return writeFile(file, Buffer.alloc(1024 * 1024)).then(
      () => undefined,
      () => true,
    );
  });
  return async () => {
    for (const file of files) await rm(file, { force: true });
  };
}
