import { afterAll, beforeAll, expect, test } from "vitest";
import { brokenInvariants } from "../faults/invariants.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";

const queued = 200;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    programs: programs(),
    platforms: 2,
    keyrings: 2,
    executors: 2,
    slots: 4,
    natsMode: "operator",
  });
});
afterAll(async () => cluster.close());

test(
  "sealrun executor, platform and nats-server killed in the middle of 200 executions lose none and start none twice",
  { timeout: 600_000 },
  async () => {
    await cluster.pushScript("report", "sealrun-context get DB_PASS >/dev/null; sleep 0.1");
    const ids = await Promise.all(Array.from({ length: queued }, async () => cluster.run("report")));
    const begun = async (count: number): Promise<void> =>
      void (await until(() => (cluster.witness.seen.length >= 2 * count ? true : undefined)));

    await begun(40);
    await cluster.part("executor-1").kill("SIGKILL");
    await begun(60);
    const between = cluster.part("platform-1");
    await between.crashAt("platform.start.after-commit");
    const late = await runUntilDead(cluster);
    expect(await between.ended()).toBe("SIGKILL");
    await begun(90);
    await cluster.nats.kill("SIGKILL");
    await cluster.nats.wipe();
    await cluster.nats.start();
    await Promise.all([cluster.part("executor-1").start(), between.start()]);

    const accepted = [...ids, ...late];
    const ends = await cluster.ends(accepted);
    const statuses = ends.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(statuses.includes("lost") ? ["succeeded", "lost"] : ["succeeded"]));
    // What the killed executor had claimed, and nothing else.
    expect(statuses.filter((status) => status === "lost").length).toBeLessThanOrEqual(8);
    expect(accepted.filter((id) => cluster.witness.count(id) > 1)).toEqual([]);
    expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
  },
);

/** Starts executions until the platform that is to die between commit and publish has got one of them. */
async function runUntilDead(of: Cluster): Promise<readonly string[]> {
  const ids: string[] = [];
  while (of.part("platform-1").pid() !== undefined) ids.push(await of.run("report"));
  return ids;
}
