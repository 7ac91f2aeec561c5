import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { hostname } from "node:os";
import { executionReceipt, logPage } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attackScript, openTargets, type Targets } from "../executor/child/network/attacks.ts";
import { type Cluster, clusterLimits, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";

let targets: Targets;
let cluster: Cluster;
let greeter: Server;
let port = 0;
beforeAll(async () => {
  targets = await openTargets();
  greeter = createServer((socket) => socket.on("error", () => undefined).end("hello"));
  greeter.listen(0);
  await once(greeter, "listening");
  const address = greeter.address();
  if (typeof address === "object" && address !== null) port = address.port;
  cluster = await startCluster({ programs: programs(), platforms: 1, executors: 0, limits: clusterLimits });
  const executor = await cluster.addExecutor({ allowedAddresses: ["127.0.0.0/8", "::1"] });
  await executor.start();
});
afterAll(async () => {
  await cluster.close();
  await targets.close();
  await new Promise((resolve) => greeter.close(resolve));
});

const printed = async (id: string): Promise<readonly string[]> => {
  const { lines } = await cluster.ask(logPage, ["GET", `/executions/${id}/logs?limit=1000`]);
  return lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text);
};

const nothingReached = [
  "loopback ECONNREFUSED",
  "debugger ECONNREFUSED",
  "abstract ECONNREFUSED",
  "metadata ENETUNREACH",
  "address ENETUNREACH",
];

test('sealrun run keeps the scripts of a package with the network "none" from this machine and from the internet', async () => {
  const manifest = { network: "none", steps: [{ script: "main.py", env: targets.own }] };
  await cluster.push("closed", { "main.py": attackScript, "manifest.json": JSON.stringify(manifest) });
  const before = targets.connections();
  const id = await cluster.run("closed");
  expect(await cluster.failures([id])).toEqual([]);
  expect(await printed(id)).toEqual(nothingReached);
  expect(targets.connections()).toBe(before);
});

test("sealrun run connects scripts to the hosts that the package names, and lists the connections on the receipt", async () => {
  const host = hostname().toLowerCase();
  const script = `
import socket
with socket.create_connection(("${host}", ${port})) as peer:
    print(peer.recv(100).decode())
${attackScript}`;
  const manifest = { network: [`${host}:${port}`], steps: [{ script: "main.py", env: targets.own }] };
  await cluster.push("named", { "main.py": script, "manifest.json": JSON.stringify(manifest) });
  const id = await cluster.run("named");
  expect(await cluster.failures([id])).toEqual([]);
  expect(await printed(id)).toEqual(["hello", ...nothingReached]);
  const of = { step: "main.py", attempt: 1, host, port, outcome: "connected", reason: null, connections: 1 };
  const counted = { ...of, sentBytes: 0, receivedBytes: 5 };
  await expect
    .poll(async () => (await cluster.ask(executionReceipt, ["GET", `/executions/${id}/receipt`])).connections)
    .toMatchObject([counted]);
  expect(await cluster.show(id)).toMatchObject({ network: "named", connections: [counted] });
});

test("sealrun run gives a package without a network the machine's own where nothing else is enforced, and shows it", async () => {
  await cluster.push("open", {
    "main.py": attackScript,
    "manifest.json": JSON.stringify({ steps: [{ script: "main.py", env: targets.own }] }),
  });
  const id = await cluster.run("open");
  expect(await cluster.failures([id])).toEqual([]);
  expect(await printed(id)).toContain("loopback reached");
  expect(await cluster.show(id)).toMatchObject({ network: "host" });
});

test('sealrun push refuses the network "host" where no executor allows it', async () => {
  const files = { "main.sh": "true\n", "manifest.json": '{"network":"host"}' };
  await expect(cluster.push("whole", files)).rejects.toThrow(/NETWORK_NOT_ENFORCED|allowHostNetwork/);
});
