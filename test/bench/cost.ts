import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../support/cluster.ts";
import {
  averageCostOfRuns,
  budget,
  type Cost,
  costOfRun,
  idleStatements,
  plainRun,
  startMany,
  watchIdle,
} from "../support/cost-of-runs.ts";
import { howMany, startBenchCluster } from "./bench-cluster.ts";
import { clusterTimes, processorTime } from "./processor-time.ts";
import type { BenchRow } from "./row.ts";

const runs = howMany("COST_RUNS", 200);
const idleMs = 10_000;

/**
 * What a run costs: the counts of `test/whole/cost.test.ts` beside their budgets, and the processor time of each process
 * for one run of many that wait for slots, beside that of a bare process which does the same.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  return [...(await countRows()), ...(await timeRows())];
}

async function countRows(): Promise<readonly BenchRow[]> {
  const cluster = await startBenchCluster({ slots: 8, counts: true, asShipped: false });
  try {
    const start = await preparePlain(cluster);
    const idle = await watchIdle(cluster, { spans: 5 });
    const alone = await costOfRun(cluster, start, { idle, spans: 5 });
    const many = Math.min(runs, 100);
    const average = await averageCostOfRuns(cluster, start, { idle, runs: many, rounds: 1 });
    return [
      ...rowsOf("one run alone", alone, budget.alone),
      ...rowsOf(`one of ${many} runs on 8 slots`, average, budget.average),
      row("idle: SQL statements of all parts in a second", idleStatements(idle), budget.idle),
    ];
  } finally {
    await cluster.close();
  }
}

/** The names that people read. */
const names: Readonly<Record<keyof Cost, string>> = {
  platformStatements: "SQL statements, platform",
  platformTrips: "round trips, platform",
  keyringStatements: "SQL statements, keyring",
  keyringTrips: "round trips, keyring",
  messages: "NATS messages",
  signatures: "Ed25519 signatures made and checked",
  spawns: "processes started by sealrun",
};

function rowsOf(which: string, cost: Cost, limits: Partial<Cost>): readonly BenchRow[] {
  return keysOf(names).map((name) => row(`${which}: ${names[name]}`, cost[name], limits[name]));
}

function keysOf<T extends object>(value: T): readonly (keyof T)[] {
  const isKey = (name: string): name is Extract<keyof T, string> => name in value;
  return Object.keys(value).filter(isKey);
}

function row(what: string, ours: number, highest: number | undefined): BenchRow {
  const goal = highest === undefined ? "" : `at most ${highest}`;
  const isMet = highest === undefined || ours <= highest;
  return { what, ours, alternative: Number.NaN, ratio: undefined, unit: "", goal, isMet };
}

async function timeRows(): Promise<readonly BenchRow[]> {
  const cluster = await startBenchCluster({ slots: 4 });
  try {
    const start = await preparePlain(cluster);
    const [idle, idleTookMs] = await spent(cluster, async () => sleep(idleMs));
    const bareMs = await bareTime(cluster);
    const [busy, busyTookMs] = await spent(cluster, async () => startMany(cluster, start, runs));
    const perRun = (name: string): number =>
      ((busy.get(name) ?? 0) - ((idle.get(name) ?? 0) * busyTookMs) / idleTookMs) / runs;
    const against = (what: string, ours: number, highest?: number): BenchRow => {
      const ratio = ours / bareMs;
      const goal = highest === undefined ? "" : `ratio at most ${highest}`;
      return { what, ours, alternative: bareMs, ratio, unit: "ms", goal, isMet: ratio <= (highest ?? ratio) };
    };
    const servers = ["platform", "keyring", "PostgreSQL", "NATS"];
    return [
      ...[...servers, "executor"].map((name) => against(`CPU time of one run: ${name}`, perRun(name))),
      against(
        `CPU time of one run: ${servers.join(", ")} together, against a bare node script.js`,
        servers.reduce((sum, name) => sum + perRun(name), 0),
        0.5,
      ),
    ];
  } finally {
    await cluster.close();
  }
}

/** Pushes the package and runs it once: what only its first run costs is not counted. */
async function preparePlain(cluster: Cluster): Promise<() => Promise<string>> {
  await cluster.push("plain", plainRun);
  await cluster.end(await cluster.run("plain"));
  return async () => cluster.run("plain");
}

async function spent(
  cluster: Cluster,
  act: () => Promise<unknown>,
): Promise<readonly [ReadonlyMap<string, number>, tookMs: number]> {
  const [before, begin] = [await clusterTimes(cluster), performance.now()];
  await act();
  const after = await clusterTimes(cluster);
  return [new Map([...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)])), performance.now() - begin];
}

/** The processor time of the executor's own Node for a script that gets the value in a variable and prints the same line. */
async function bareTime(cluster: Cluster): Promise<number> {
  const script = join(cluster.folder, "script.js");
  await writeFile(script, "console.log(`${process.env.DB_PASS.length} characters`);\n");
  const rounds = Math.max(10, Math.floor(runs / 4));
  const before = await processorTime("self");
  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(cluster.programs.node, [script], {
      env: { DB_PASS: "canary" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.stdout.resume();
    await once(child, "close");
  }
  return ((await processorTime("self")).endedMs - before.endedMs) / rounds;
}
