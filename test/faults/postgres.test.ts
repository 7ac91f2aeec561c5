import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { expectEachOnce, runQuick } from "./each-once.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 300_000;
const accepted: string[] = [];

const runMany = async (count: number): Promise<readonly string[]> => runQuick(cluster, count);
const expectOnce = async (ids: readonly string[]): Promise<void> => {
  accepted.push(...ids);
  await expectEachOnce(cluster, ids);
};

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs() });
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
  await cluster.pushScript("hold", "say hold");
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test("PostgreSQL restarted under load loses no accepted execution (F9)", { timeout }, async () => {
  const ids = await runMany(15);
  await cluster.postgres.stop();
  const [late] = await Promise.all([runMany(3), cluster.postgres.start()]);
  await expectOnce([...ids, ...late]);
});

test("PostgreSQL killed whole keeps every execution that a 202 named (F9, F20)", { timeout }, async () => {
  const ids = await runMany(15);
  await cluster.postgres.kill();
  await cluster.postgres.start();
  await expectOnce(ids);
});

test("PostgreSQL whose backends are killed costs connections and nothing else (F9)", { timeout }, async () => {
  const ids = runMany(20);
  const main = await cluster.database("main");
  for (let turn = 0; turn < 10; turn += 1) {
    await main.run(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name like 'sealrun%' order by random() limit 2`,
    );
  }
  await expectOnce(await ids);
});

test("PostgreSQL on a half-open connection does not hold up the other platform (F9)", { timeout }, async () => {
  const { postgres: wire } = cluster.part("platform-0").wires;
  wire?.freeze();
  await expectOnce(await runMany(5));
  wire?.heal();
  await expectOnce(await runMany(5));
});

test("failAfter() performs calls and reports them as failed, and all of it ends once (F10)", { timeout }, async () => {
  const restartWith = async (rate: number): Promise<void> => {
    await Promise.all(
      [...cluster.platforms, ...cluster.keyrings].map(async (part) => {
        await part.kill("SIGKILL");
        // With another seed for each try: the same seed would fail every start at the same call.
        for (let seed = 1; part.pid() === undefined && seed <= 50; seed += 1)
          await part.start({ SEALRUN_FAULTS: `${seed}:${rate}` }).catch(() => undefined);
      }),
    );
  };
  const ids: string[] = [];
  for (const rate of [0.01, 0.05]) {
    await restartWith(rate);
    ids.push(...(await runMany(10)));
    await cluster.ends(ids);
  }
  // Nothing can work while every call fails; executions that were accepted before must still complete.
  const last = await runMany(5);
  await restartWith(0);
  const ends = await cluster.ends([...ids, ...last]);
  accepted.push(...ids, ...last);
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(["succeeded"]));
});

test("PostgreSQL that was killed, cut and slow leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});
