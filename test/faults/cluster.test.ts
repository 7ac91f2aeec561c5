import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs() });
}, 120_000);
afterAll(async () => cluster.close());

test("startCluster() runs a script from end to end", { timeout: 60_000 }, async () => {
  await cluster.pushScript("hello", "sealrun-context get DB_PASS");
  const id = await cluster.run("hello");
  expect((await cluster.end(id)).status).toBe("succeeded");
  expect(cluster.witness.count(id)).toBe(1);
});
