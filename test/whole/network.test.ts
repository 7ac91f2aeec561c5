import { logPage } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attackScript, openTargets, type Targets } from "../executor/child/network/attacks.ts";
import { type Cluster, clusterLimits, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";

let targets: Targets;
let cluster: Cluster;
beforeAll(async () => {
  targets = await openTargets();
  cluster = await startCluster({ programs: programs(), platforms: 1, executors: 1, limits: clusterLimits });
});
afterAll(async () => {
  await cluster.close();
  await targets.close();
});

test('sealrun run keeps the scripts of a package with the network "none" from this machine and from the internet', async () => {
  const manifest = { network: "none", steps: [{ script: "main.py", env: targets.own }] };
  await cluster.push("closed", { "main.py": attackScript, "manifest.json": JSON.stringify(manifest) });
  const before = targets.connections();
  const id = await cluster.run("closed");
  expect(await cluster.failures([id])).toEqual([]);
  const { lines } = await cluster.ask(logPage, ["GET", `/executions/${id}/logs?limit=1000`]);
  expect(lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text)).toEqual([
    "loopback ECONNREFUSED",
    "debugger ECONNREFUSED",
    "abstract ECONNREFUSED",
    "metadata ENETUNREACH",
    "address ENETUNREACH",
  ]);
  expect(targets.connections()).toBe(before);
});
