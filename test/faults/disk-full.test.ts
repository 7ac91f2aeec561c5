import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { executorList, platformHealth } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Cluster, type ClusterPart, startCluster } from "../support/cluster.ts";
import { clusterCanary } from "../support/cluster-client.ts";
import { fillDisk } from "../support/fill-disk.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";
import { witnessScript } from "../support/witness.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 300_000;
const accepted: string[] = [];

let cluster: Cluster;
let executor: ClusterPart;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), executors: 0 });
  executor = await cluster.addExecutor({}, { diskBytes: 24 * 1024 * 1024 });
  await executor.start();
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
  await cluster.pushScript("hold", "say hold");
  for (const name of ["large", "large-too"]) {
    await cluster.push(name, {
      "main.sh": witnessScript(cluster.witness, "say start\nsay end"),
      "secrets.json": JSON.stringify({ DB_PASS: clusterCanary }),
      "manifest.json": JSON.stringify({ steps: [{ script: "main.sh" }] }),
      "large.txt": name.repeat((4 * 1024 * 1024) / name.length),
    });
  }
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test(
  "sealrun executor whose disk is full takes nothing, says so, and runs what waited when there is room",
  { timeout },
  async () => {
    const makeRoom = await fillDisk(cluster, executor);
    const id = await start("quick");
    const trouble = await until(async () => (await executors()).find(({ trouble: found }) => found !== null));
    expect(trouble.trouble?.code).toBe("DISK_FULL");
    const waiting = await until(async () => {
      const { waiting: found } = await cluster.show(id);
      return found?.includes("can take work now") === true ? found : undefined;
    });
    expect(waiting).toContain(trouble.id);
    expect(waiting).toContain("(DISK_FULL)");
    const { checks } = await cluster.ask(platformHealth, ["GET", "/platform/health"]);
    expect(checks.find(({ name }) => name === "executors")).toMatchObject({
      state: "bad",
      sentence: expect.stringContaining(`${trouble.id} takes no work: `),
    });
    await makeRoom();
    expect((await cluster.end(id)).status).toBe("succeeded");
    // It says that it has room and takes work at the same time.
    await until(async () => ((await executors()).every(({ trouble: found }) => found === null) ? true : undefined));
  },
);

test(
  "sealrun executor gives back what its disk has no room for, and the run says why until it has",
  { timeout },
  async () => {
    const makeRoom = await fillDisk(cluster, executor, 2);
    const id = await start("large");
    const { attempts } = await until(async () => {
      const shown = await cluster.show(id);
      // The executor may have seen the disk without any room, and took nothing for a while.
      const isBack = shown.attempts.length > 0 && shown.waiting?.includes("(DISK_FULL)") === true;
      return isBack ? shown : undefined;
    });
    expect(attempts[0]).toMatchObject({ end: "released", reason: { code: "DISK_FULL" } });
    expect(cluster.witness.count(id)).toBe(0);
    await makeRoom();
    const { status, attempts: all } = await cluster.end(id);
    expect([status, all.at(-1)?.end]).toEqual(["succeeded", "finished"]);
    expect(cluster.witness.count(id)).toBe(1);
  },
);

test(
  "sealrun executor whose disk fills up while a script runs reports the end, and leaves nothing",
  { timeout },
  async () => {
    cluster.witness.hold();
    const id = await start("hold");
    await cluster.witness.wait(id, "hold");
    const makeRoom = await fillDisk(cluster, executor);
    cluster.witness.release();
    const { status, error } = await cluster.end(id);
    await makeRoom();
    expect([status, error]).toEqual(["succeeded", null]);
    expect((await cluster.end(await start("quick"))).status).toBe("succeeded");
  },
);

test("sealrun executor whose disk is full fails nothing beside a healthy one", { timeout }, async () => {
  const healthy = await cluster.addExecutor();
  await healthy.start();
  await until(async () => ((await executors()).length === 2 ? true : undefined));
  // First with no room for anything, then with room for all but the package.
  for (const [left, name] of [
    [0, "quick"],
    [2, "large-too"],
  ] as const) {
    const makeRoom = await fillDisk(cluster, executor, left);
    const ids = await Promise.all(Array.from({ length: 20 }, async () => start(name)));
    const ends = await cluster.ends(ids);
    expect(ends.map(({ status }) => status)).toEqual(ids.map(() => "succeeded"));
    expect(ids.map((id) => cluster.witness.count(id))).toEqual(ids.map(() => 1));
    await makeRoom();
  }
  const filled = await idOf(executor);
  // It takes again.
  await until(async () => ((await cluster.end(await start("quick"))).executor === filled ? true : undefined));
});

test("sealrun executor whose disk was full leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});

async function start(name: string): Promise<string> {
  const id = await cluster.run(name);
  accepted.push(id);
  return id;
}

async function executors() {
  return (await cluster.ask(executorList, ["GET", "/executors"])).executors;
}

/** The id that a part has enrolled with. */
async function idOf({ configFile, pid }: ClusterPart): Promise<string> {
  const settings = z.object({ stateFile: z.string() }).parse(JSON.parse(await readFile(configFile, "utf8")));
  const state = await readFile(join("/proc", String(pid()), "root", settings.stateFile), "utf8");
  return z.object({ identity: z.object({ id: z.string() }) }).parse(JSON.parse(state)).identity.id;
}
