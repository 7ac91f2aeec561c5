import { afterAll, beforeAll, expect, test } from "vitest";
import { startedExecution } from "@sealrun/protocol";
import { z } from "zod";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 300_000;
const accepted: string[] = [];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs() });
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test.each(["platform.start.before-commit", "platform.start.after-commit"])(
  "POST …/executions sent again with its Idempotency-Key after a death at %s is one execution (F1, F2)",
  { timeout },
  async (point) => {
    for (const platform of cluster.platforms) await platform.crashAt(point);
    const key = `again-${point}`;
    const post = async () =>
      cluster.ask(startedExecution, [
        "POST",
        "/projects/acme/packages/quick/executions",
        { json: {}, headers: { "idempotency-key": key } },
      ]);
    const asking = post();
    await Promise.race(cluster.platforms.map(async (platform) => platform.ended()));
    for (const platform of cluster.platforms) if (platform.pid() === undefined) await platform.start();
    const { id } = await asking;
    for (const platform of cluster.platforms) {
      await platform.kill("SIGKILL");
      await platform.start();
    }
    expect((await post()).id).toBe(id);
    await expectOnce([id]);
    const main = await cluster.database("main");
    const row = await main.row(z.object({ count: z.number() }), "select count(*)::int from executions");
    expect(row?.count).toBe(accepted.length);
  },
);

test("sealrun platform restarted one after the other goes on accepting and running (F17)", { timeout }, async () => {
  const ids: string[] = [];
  const submit = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) ids.push(await cluster.run("quick"));
  };
  const submitting = Promise.all([submit(), submit()]);
  for (const platform of cluster.platforms) {
    await platform.kill("SIGTERM");
    await platform.start();
  }
  await submitting;
  await expectOnce(ids);
});

test("sealrun platform that was killed and restarted leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});

/** Each of them succeeds, and its script started once. */
async function expectOnce(ids: readonly string[]): Promise<void> {
  accepted.push(...ids);
  const ends = await cluster.ends(ids);
  expect(ends.map(({ status, error }) => [status, error])).toEqual(ids.map(() => ["succeeded", null]));
  expect(ids.map((id) => cluster.witness.count(id))).toEqual(ids.map(() => 1));
}
