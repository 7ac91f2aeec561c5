import { randomBytes } from "node:crypto";
import { readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ExecutionInfo, executionReceipt, logPage } from "@sealrun/protocol";
import { expect } from "vitest";
import { readStatistics, tickMs } from "../../../executor/src/child/limits/process-statistics.ts";
import { type Cluster, type ClusterPart, startCluster } from "../../support/cluster.ts";
import { processesNaming, workersOf } from "../../support/processes.ts";
import { runFolders, stepCgroups } from "../../support/run-folders.ts";
import { realCgroup } from "../../support/real-cgroup.ts";
import { residentMiB } from "../../support/resident.ts";
import { programs } from "../../support/servers.ts";
import { until } from "../../support/until.ts";

/** A package of one script that attacks the executor. */
export interface Attack {
  readonly name: string;
  /** The first is the script. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly manifest?: object;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** How an attack ended. */
interface Attacked {
  readonly execution: ExecutionInfo;
  /** What it printed. */
  readonly lines: readonly string[];
  /** Time on processors that the executor's workers used for it, and for the neighbour. */
  readonly workersMs: number;
}

/** One executor, with an attacker and its neighbour in two of its slots. */
export interface AttackedExecutor {
  readonly cluster: Cluster;
  readonly part: ClusterPart;
  /** The text that each process of an attack has in its environment. */
  readonly mark: string;
  /**
   * Runs an attack to its end, with a neighbour beside it all the time. Fails when the neighbour notices it, when the
   * executor's memory grows by 100 MiB, and when the attack leaves a process, a folder or a cgroup behind.
   */
  readonly attack: (attack: Attack) => Promise<Attacked>;
  /** Starts an attack, and waits for its first line; who asks for this looks after the rest. */
  readonly begin: (attack: Attack) => Promise<string>;
  readonly printed: (id: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const maxGrowthMiB = 100;
const maxWorkerMiB = 512;
const lookMs = 50;
const neighbourLines = ["NEIGHBOUR 0 ***", "NEIGHBOUR 1 ***", "NEIGHBOUR 2 ***", "NEIGHBOUR 3 ***"];

/** Starts a cluster with one executor. */
export async function attackExecutor(settings: Readonly<Record<string, unknown>> = {}): Promise<AttackedExecutor> {
  const cluster = await startCluster({ programs: programs(), platforms: 1, executors: 0 });
  const cgroup = await realCgroup("sealrun-attacks");
  const part = await cluster.addExecutor({ ...(cgroup === undefined ? {} : { cgroup }), ...settings });
  await part.start();
  const mark = `attack-${randomBytes(9).toString("hex")}`;
  const work = join(cluster.folder, part.name, "work");

  await cluster.push("neighbour", {
    "main.mjs": `import { context } from "@sealrun/sdk"; import { setTimeout } from "node:timers/promises";
for (let tick = 0; tick < 4; tick += 1) {
  console.log("NEIGHBOUR", tick, context.secrets.get("NEIGHBOUR_PASS"));
  await setTimeout(400);
}`,
    "secrets.json": JSON.stringify({ NEIGHBOUR_PASS: "canary-of-the-neighbour" }),
  });
  const printed = async (id: string): Promise<readonly string[]> => {
    const { lines } = await cluster.ask(logPage, ["GET", `/executions/${id}/logs?limit=1000`]);
    return lines.filter(({ stream }) => stream !== "system").map(({ text }) => text);
  };
  const runNeighbour = async (): Promise<void> => {
    const id = await cluster.run("neighbour");
    expect(await cluster.failures([id])).toEqual([]);
    await until(async () => ((await cluster.show(id)).reportsComplete ? true : undefined));
    expect(await printed(id)).toEqual(neighbourLines);
    expect((await cluster.show(id)).attempts).toHaveLength(1);
    const { receipt } = await cluster.ask(executionReceipt, ["GET", `/executions/${id}/receipt`]);
    expect(receipt).toMatchObject([{ name: "NEIGHBOUR_PASS", outcome: "read" }]);
  };
  const start = async ({ name, files, env, manifest, secrets }: Attack): Promise<string> => {
    const [script] = Object.keys(files);
    await cluster.push(name, {
      ...files,
      "manifest.json": JSON.stringify({ steps: [{ script, env: { ATTACK_MARK: mark, ...env } }], ...manifest }),
      ...(secrets === undefined ? {} : { "secrets.json": JSON.stringify(secrets) }),
    });
    return cluster.run(name);
  };
  const expectNothingLeft = async (): Promise<void> => {
    await expect.poll(async () => processesNaming(mark)).toEqual([]);
    await expect.poll(async () => runFolders(work)).toEqual([]);
    if (cgroup !== undefined) await expect.poll(async () => stepCgroups(cgroup)).toEqual([]);
  };
  // Both slots have worked once: what follows is what an attack adds.
  await Promise.all([runNeighbour(), runNeighbour()]);

  return {
    cluster,
    part,
    mark,
    printed,
    attack: async (attack) => {
      const pid = part.pid();
      const before = await residentMiB(pid);
      let [highest, highestWorker, neighbours] = [before, 0, 0];
      const used = await createWorkerTimes(pid ?? 0);
      const end = new AbortController();
      const { signal } = end;
      const watch = (async () => {
        for (; !signal.aborted; await sleep(lookMs)) {
          highest = Math.max(highest, await residentMiB(pid));
          const workers = await Promise.all((await workersOf(pid ?? 0)).map(residentMiB));
          highestWorker = Math.max(highestWorker, ...workers);
          await used.look();
        }
      })();
      const beside = (async () => {
        for (; !signal.aborted || neighbours === 0; neighbours += 1) await runNeighbour();
      })();
      beside.catch(() => undefined);
      try {
        const execution = await cluster.end(await start(attack));
        end.abort();
        await beside;
        await expectNothingLeft();
        expect(part.pid(), "the executor is the same process").toBe(pid);
        expect(highest - before, "the supervisor's growth in MiB").toBeLessThan(maxGrowthMiB);
        expect(highestWorker, "the largest worker in MiB").toBeLessThan(maxWorkerMiB);
        return { execution, lines: await printed(execution.id), workersMs: await used.look() };
      } finally {
        end.abort();
        await watch;
      }
    },
    begin: async (attack) => {
      const id = await start(attack);
      await until(async () => ((await printed(id)).length > 0 ? true : undefined));
      return id;
    },
    close: async () => {
      await cluster.close();
      if (cgroup !== undefined) await removeCgroup(cgroup);
    },
  };
}

/** How much time on processors the workers of an executor use from now on. A worker that ends counts until the last look. */
async function createWorkerTimes(executor: number): Promise<{ readonly look: () => Promise<number> }> {
  const last = new Map<number, number>();
  const lookAt = async (): Promise<void> => {
    for (const worker of await workersOf(executor)) {
      const found = readStatistics(await readFile(`/proc/${worker}/stat`, "latin1").catch(() => ""));
      if (found !== undefined) last.set(worker, found.ownTicks * tickMs);
    }
  };
  await lookAt();
  const before = new Map(last);
  return {
    look: async () => {
      await lookAt();
      return [...last].reduce((sum, [worker, ms]) => sum + ms - (before.get(worker) ?? 0), 0);
    },
  };
}

/** Removes it with what the killed executor had made in it. */
async function removeCgroup(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(folder, entry.name));
  }
  await rmdir(folder);
}
