import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { auditList, openExecutions, resumeAnswer, settledExecutions } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { programs } from "../support/servers.ts";
import { until } from "../support/until.ts";
import { runQuick } from "./each-once.ts";

const timeout = 300_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ programs: programs(), platforms: 2, slots: 1 });
  await cluster.pushScript("quick", "sealrun-context get DB_PASS >/dev/null");
  await cluster.pushScript("hold", "say hold");
  // Asks for one later run of itself, which says so.
  await cluster.pushScript(
    "delays",
    `if [ "$(sealrun-context param again 2>/dev/null)" = yes ]; then say later; else
  printf '{"again": "yes"}' | sealrun-context schedule --minutes 10 --params >/dev/null; fi`,
  );
});
afterAll(async () => cluster.close());

const countLater = (): number => cluster.witness.seen.filter(({ what }) => what === "later").length;
/** Makes the ten minutes until the later run pass. */
const passTime = async (): Promise<void> =>
  void (await (await cluster.database("main")).run("update schedules set next_at = clock_timestamp()"));
const dataOf = (name: string): string => join(cluster.postgres.folder, "postgres", name);

test(
  "sealrun platform --hold after a restore lets nothing run twice, once what was open is settled",
  { timeout },
  async () => {
    const { witness, postgres, platforms, keyrings, executors } = cluster;
    await cluster.end(await cluster.run("delays"));
    witness.hold();
    // Each executor has one slot, which is busy: later executions stay in the queue.
    const held = [await cluster.run("hold"), await cluster.run("hold")];
    for (const id of held) await witness.wait(id, "hold");
    const waiting = await runQuick(cluster, 6);
    const ids = [...held, ...waiting];

    // A backup: both databases are in the one folder of a server that does not run.
    const before = new Date().toISOString();
    await postgres.stop();
    await cp(dataOf("cluster"), dataOf("backup"), { recursive: true });
    await postgres.start();
    expect(countLater()).toBe(0);

    await passTime();
    witness.release();
    expect((await cluster.ends(ids)).map(({ status }) => status)).toEqual(ids.map(() => "succeeded"));
    await until(() => (countLater() > 0 ? true : undefined));

    // Everything is lost, and restored; the messages in NATS are newer than the backup.
    for (const part of [...executors, ...platforms, ...keyrings]) await part.kill("SIGKILL");
    await postgres.stop();
    await rm(dataOf("cluster"), { recursive: true });
    await cp(dataOf("backup"), dataOf("cluster"), { recursive: true });
    await postgres.start();
    await passTime();
    for (const part of keyrings) await part.start();
    const [first, ...others] = platforms;
    await first?.start({}, ["--hold"]);
    for (const part of [...others, ...executors]) await part.start();

    const { open } = await cluster.ask(openExecutions, ["GET", `/executions/open?before=${before}`]);
    expect(open).toContainEqual({ project: "acme", package: "quick", status: "queued", count: 6 });
    const next = await cluster.run("quick");
    for (const id of [...waiting, next]) expect((await cluster.show(id)).waiting).toContain("is held since");
    const settled = await cluster.ask(settledExecutions, ["POST", "/executions/settle", { json: { before } }]);
    // The sweeper may have ended those that ran.
    expect(settled).toMatchObject({ failed: [], next: null });
    expect(settled.settled).toBeGreaterThanOrEqual(6);
    for (const id of waiting) expect([id, (await cluster.show(id)).status]).toEqual([id, "lost"]);
    // The executor of one that ran may have kept its end, which is accepted, as the guide to a restore says.
    for (const id of held) expect(["lost", "succeeded"]).toContain((await cluster.show(id)).status);
    expect(witness.count(next)).toBe(0);

    expect((await cluster.ask(resumeAnswer, ["POST", "/platform/resume"])).due).toBe(1);
    expect((await cluster.end(next)).status).toBe("succeeded");
    await until(async () => {
      const { rows } = await cluster.ask(auditList, ["GET", "/audit?action=schedule.missed"]);
      return rows.length === 1 ? true : undefined;
    });
    const last = await cluster.end(await cluster.run("quick"));
    expect([last.status, countLater(), ...[...ids, next].map((id) => witness.count(id))]).toEqual([
      "succeeded",
      1,
      ...[...ids, next].map(() => 1),
    ]);
  },
);
