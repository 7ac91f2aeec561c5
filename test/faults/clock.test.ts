import { platformHealth } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";

const timeout = 180_000;
const hourMs = 3_600_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), platforms: 2, executors: 2, clocks: true });
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test("setClock() sets the clock of one part, or of PostgreSQL, while it runs", { timeout }, async () => {
  expect(await clockOf(0)).toBe("good");
  await cluster.part("platform-0").setClock(-hourMs);
  expect([await clockOf(0), await clockOf(1)]).toEqual(["bad", "good"]);
  await cluster.postgres.setClock(-hourMs);
  expect([await clockOf(0), await clockOf(1)]).toEqual(["good", "bad"]);
  await cluster.postgres.setClock(0);
  await cluster.part("platform-0").setClock(0);
  await until(async () => ((await clockOf(0)) === "good" && (await clockOf(1)) === "good" ? true : undefined));
});

/** What the health of a platform says of its clock. */
async function clockOf(index: number): Promise<string | undefined> {
  const response = await fetch(`${cluster.urls[index] ?? ""}/api/v1/platform/health`, {
    headers: { authorization: `Bearer ${cluster.token}` },
  });
  const { checks } = platformHealth.parse(await response.json());
  return checks.find(({ name }) => name === "clock")?.state;
}
