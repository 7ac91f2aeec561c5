import { afterAll, beforeAll, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";
import { brokenInvariants } from "./invariants.ts";

const timeout = 300_000;
const accepted: string[] = [];
const idRow = z.object({ id: z.string() });

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), keyrings: 2 });
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
});
afterAll(async () => cluster.close());
healAfterFailures(() => cluster);

test(
  "POST …/executions is accepted while the keyring is gone; it runs once the keyring is back (F11)",
  { timeout },
  async () => {
    for (const keyring of cluster.keyrings) await keyring.kill("SIGKILL");
    const id = await start("quick");
    await sleep(2_000);
    const { status } = await cluster.show(id);
    expect(["queued", "running"]).toContain(status);
    expect(cluster.witness.count(id)).toBe(0);
    for (const keyring of cluster.keyrings) await keyring.start();
    await expectOnce(id);
  },
);

test(
  "POST …/executions is accepted while the keyring's database is gone; no claim counts as a loss (F11)",
  { timeout },
  async () => {
    const cutOff = (): void => {
      for (const { wires } of cluster.keyrings) wires.postgres?.freeze();
    };
    cutOff();
    const id = await start("quick");
    await sleep(3_000);
    expect(cluster.witness.count(id)).toBe(0);
    for (const { wires } of cluster.keyrings) wires.postgres?.heal();
    await expectOnce(id);
  },
);

test("sealrun keyring killed is not missed where there are two", { timeout }, async () => {
  await cluster.part("keyring-1").kill("SIGKILL");
  await expectOnce(await start("quick"));
  await cluster.part("keyring-1").start();
});

test(
  "sealrun keyring with a database older than the main one blocks the packages that it does not know, and no other (F12)",
  { timeout },
  async () => {
    await cluster.pushScript("newer", "sealrun-context get DB_PASS >/dev/null");
    const keyring = await cluster.database("keyring");
    const main = await cluster.database("main");
    const id = await packageId(main, "newer");
    // A key that a backup from before that push does not have.
    await keyring.run(`create table newer_keys as select * from scope_keys where owner_id = ${quoted(id)}`);
    await keyring.run(`create table newer_packages as select * from packages where id = ${quoted(id)}`);
    await keyring.run("alter table packages disable trigger user");
    const deleteKeys = async (): Promise<number> => {
      const keys = await keyring.run("delete from scope_keys where owner_id = $1", [id]);
      return keys + (await keyring.run("delete from packages where id = $1", [id]));
    };
    expect(await deleteKeys()).toBe(2);
    const blocked = await start("newer");
    await expectOnce(await start("quick"));
    await until(async () =>
      /keyring does not have/.test((await cluster.show(blocked)).waiting ?? "") ? true : undefined,
    );
    expect(cluster.witness.count(blocked)).toBe(0);
    // A start asks for no new key where the platform knows one.
    expect(await deleteKeys()).toBe(0);
    await keyring.run("insert into packages select * from newer_packages");
    await keyring.run("insert into scope_keys select * from newer_keys");
    await keyring.run("alter table packages enable trigger user");
    await keyring.run("drop table newer_keys, newer_packages");
    await expectOnce(blocked);
  },
);

test("sealrun keyring that was killed, cut off and old leaves all invariants whole", { timeout }, async () => {
  expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
});

async function packageId(main: Awaited<ReturnType<Cluster["database"]>>, name: string): Promise<string> {
  const row = await main.row(idRow, "select id from packages where name = $1", [name]);
  return row?.id ?? "";
}

/** The text as an SQL literal, because a statement that creates a table takes no parameters. */
function quoted(id: string): string {
  return `'${id.replaceAll("'", "''")}'`;
}

async function start(name: string): Promise<string> {
  const id = await cluster.run(name);
  accepted.push(id);
  return id;
}

async function expectOnce(id: string): Promise<void> {
  const { status, error } = await cluster.end(id);
  expect([status, error]).toEqual(["succeeded", null]);
  expect(cluster.witness.count(id)).toBe(1);
}
