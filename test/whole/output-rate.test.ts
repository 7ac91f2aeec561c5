import { logPage } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, clusterLimits, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";

/** A hundredth of the default. */
const linesPerSecond = 20;
const burstLines = 10;
const lines = 50;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    programs: programs(),
    platforms: 1,
    executors: 1,
    limits: { ...clusterLimits, outputBurstLines: burstLines },
    platformSettings: { outputLinesPerSecond: linesPerSecond },
  });
});
afterAll(async () => cluster.close());

test("outputLinesPerSecond of a platform paces the lines that its executors read of a script", async () => {
  await cluster.push("counts", { "main.sh": `seq 1 ${lines}\n` });
  const id = await cluster.run("counts");
  expect(await cluster.failures([id])).toEqual([]);
  const page = await cluster.ask(logPage, ["GET", `/executions/${id}/logs?limit=1000`]);
  const printed = page.lines.filter(({ stream }) => stream === "stdout");
  expect(printed.map(({ text }) => text)).toEqual(Array.from({ length: lines }, (_, index) => String(index + 1)));
  const times = printed.map(({ time }) => Date.parse(time));
  // At the default rate all of them are read in 20 ms. A busy machine can only be slower than the rate.
  const expectedMs = ((lines - burstLines) * 1_000) / linesPerSecond;
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(expectedMs * 0.8);
});
