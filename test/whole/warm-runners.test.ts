import { logPage } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, clusterLimits, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), platforms: 1, executors: 0, limits: clusterLimits });
  const executor = await cluster.addExecutor({ slots: 1 });
  await executor.start();
});
afterAll(async () => cluster.close());

const printed = async (id: string): Promise<string> => {
  const { lines } = await cluster.ask(logPage, ["GET", `/executions/${id}/logs?limit=1000`]);
  return lines.flatMap(({ stream, text }) => (stream === "stdout" ? [text] : [])).join();
};

const script = `import { readFileSync } from "node:fs";
enum Kind { Own = 1 }
const isAhead: boolean = readFileSync("/proc/self/cmdline", "latin1").includes("script-at-go");
console.log(isAhead ? "ahead" : "started", Kind.Own, process.env.SEALRUN_EXECUTION_ID);`;

test("sealrun run starts the script of a later run in a runner that waited for it", async () => {
  const manifest = { network: "none", steps: [{ script: "main.ts" }] };
  await cluster.push("warm", { "main.ts": script, "manifest.json": JSON.stringify(manifest) });
  const said: string[] = [];
  await expect
    .poll(
      async () => {
        const id = await cluster.run("warm");
        expect(await cluster.failures([id])).toEqual([]);
        said.push((await printed(id)).replace(id, "own id"));
        return said.at(-1);
      },
      { interval: 3_000 },
    )
    .toBe("ahead 1 own id");
  expect(said[0]).toBe("started 1 own id");
});
