import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { keyringConfig, revokeExecutor } from "@sealrun/keyring";
import type { Sql } from "@sealrun/postgres";
import { decode } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Cluster, clusterLimits, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";

const timeout = 180_000;
/** Longer than every test may take: whoever waits for the next look is not woken. */
const safetyPollMs = 600_000;

let cluster: Cluster;
let main: Sql;
beforeAll(async () => {
  cluster = await startCluster({
    programs: programs(),
    platforms: 2,
    executors: 2,
    limits: { ...clusterLimits, safetyPollMs },
  });
  main = await cluster.database("main");
  await cluster.pushScript("ask", "sealrun-context get DB_PASS >/dev/null || exit 4");
});
afterAll(async () => cluster.close());

const isNone = async (sql: Sql, from: string): Promise<true | undefined> =>
  (await sql.run(`select from ${from} limit 1`)) === 0 ? true : undefined;

test("startDispatcher() is woken by a start, and when a delayed execution is due", { timeout }, async () => {
  const notBefore = new Date(Date.now() + 3_000).toISOString();
  const ids = [await cluster.run("ask"), await cluster.run("ask", { notBefore })];
  expect(await cluster.failures(ids)).toEqual([]);
});

test("startDispatcher() is woken by room in a full pool", { timeout }, async () => {
  const ids: string[] = [];
  while (ids.length < 30) ids.push(await cluster.run("ask"));
  expect(await cluster.failures(ids)).toEqual([]);
});

test("sealRegularly() is woken by rows of the audit, in platforms and keyring", { timeout }, async () => {
  await cluster.end(await cluster.run("ask"));
  for (const name of ["main", "keyring"] as const) {
    const sql = await cluster.database(name);
    await until(async () => isNone(sql, "audit_unsealed"));
    expect(await sql.run("select from audit_chain limit 1")).toBe(1);
  }
});

test("startSweeper() is woken by the end of an attempt, and has the keyring end its grant", { timeout }, async () => {
  const id = await cluster.run("ask");
  await cluster.end(id);
  await until(async () => isNone(main, "attempts where ended_at is not null and grant_ended_at is null"));
});

test("startScheduler() is woken by a new schedule, and at its due times", { timeout }, async () => {
  await cluster.pushScript("often", "true", { schedule: "* * * * *" });
  const row = z.object({ id: z.string() });
  const query = `select e.id from executions e join packages p on p.id = e.package_id where p.name = 'often'`;
  const { id } = await until(async () => main.row(row, query));
  expect((await cluster.end(id)).status).toBe("succeeded");
});

test("followRevocations() is woken by the keyring, on each platform", { timeout }, async () => {
  const { id } = z
    .object({ identity: z.object({ id: z.string() }) })
    .parse(JSON.parse(await readFile(join(cluster.folder, "executor-1", "state.json"), "utf8"))).identity;
  const config = decode(keyringConfig, await readFile(join(cluster.folder, "keyring-0", "config.json")));
  await revokeExecutor(config, id);
  const row = z.object({ by: z.string() });
  const told = "select actor as by from audit where action = 'executor.revoke' and object = $1";
  expect(await until(async () => main.row(row, told, [id]))).toEqual({ by: "keyring" });
  // Its login to NATS still takes events.
  await cluster.part("executor-1").kill("SIGKILL");
  // What a process did that seals nothing is sealed with the next row.
  await cluster.end(await cluster.run("ask"));
  const keys = await cluster.database("keyring");
  await until(async () => isNone(keys, "audit_unsealed"));
});

test("startSweeper() ends the attempt of a killed executor when its lease is over", { timeout }, async () => {
  await cluster.pushScript("stay", "sleep 600");
  const id = await cluster.run("stay");
  await cluster.witness.wait(id, "start");
  await cluster.part("executor-0").kill("SIGKILL");
  expect((await cluster.end(id)).status).toBe("lost");
});
