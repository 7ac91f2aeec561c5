import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { findCacheFolder } from "../../packages/cli/src/setup/cache-folder.ts";
import { findPrograms } from "../../packages/cli/src/setup/find-programs.ts";
import { residentMiB } from "../support/resident.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import type { BenchRow } from "./row.ts";

/** As many as QUEUE_EXECUTIONS says. */
const executions = Number(process.env["QUEUE_EXECUTIONS"] ?? 10_000);
const part = Math.floor(executions / 10);
const slots = 4;
/** Events that wait in NATS, and messages of runs that are under way and not acknowledged yet. */
const window = 2 * slots + slots;

/**
 * Many executions queued at once with one executor: what NATS holds at most, what the processes hold, whether urgent ones
 * run first, and what an execution costs at the end of the queue against its beginning.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const environment = process.env;
  const programs = await findPrograms({ cacheFolder: await findCacheFolder(environment), environment, log });
  const cluster = await startCluster({ programs, platforms: 1, executors: 1, slots, limits: {}, asShipped: true });
  try {
    await cluster.push("tiny", { "main.sh": "true\n" });
    await cluster.part("executor-0").kill("SIGTERM");
    await fill(cluster, log);
    const before = await sizes(cluster);
    await cluster.part("executor-0").start();
    const { maxMessages, maxMiB } = await watch(cluster, log);
    const { firstMs, lastMs, overtaken } = await readTimes(cluster);
    const count = (what: string, ours: number, highest: number): BenchRow => ({
      what,
      ours,
      alternative: Number.NaN,
      ratio: undefined,
      unit: "",
      goal: `at most ${highest}`,
      isMet: ours <= highest,
    });
    return [
      count(`${executions} queued, one executor of ${slots} slots: most messages in NATS`, maxMessages, window),
      count("the same: executions that started after a less urgent one, beyond the window", overtaken, 0),
      {
        what: "the same: largest process, at the end against the beginning",
        ours: maxMiB,
        alternative: before,
        ratio: maxMiB / before,
        unit: "MiB",
        goal: "",
        isMet: true,
      },
      {
        what: `the same: one execution, of the last ${part} against the first`,
        ours: lastMs,
        alternative: firstMs,
        ratio: lastMs / firstMs,
        unit: "ms",
        goal: "ratio at most 1.1",
        isMet: lastMs / firstMs <= 1.1,
      },
    ];
  } finally {
    await cluster.close();
  }
}

/** Queues all of them, ten at a time, with every priority in turn. */
async function fill(cluster: Cluster, log: (line: string) => void): Promise<void> {
  for (let index = 0; index < executions; index += 10) {
    await Promise.all(Array.from({ length: 10 }, async (_, more) => cluster.run("tiny", { priority: 1 + more })));
    if (index % 1_000 === 0) log(`${index} queued`);
  }
}

/** Samples NATS and memory until nothing is open any more. */
async function watch(
  cluster: Cluster,
  log: (line: string) => void,
): Promise<{ readonly maxMessages: number; readonly maxMiB: number }> {
  const connection = await cluster.nats.connect();
  const manager = await connection.jetstreamManager();
  const main = await cluster.database("main");
  let [maxMessages, maxMiB, turn] = [0, 0, 0];
  for (;;) {
    const { state } = await manager.streams.info("EXECUTIONS");
    maxMessages = Math.max(maxMessages, state.messages);
    maxMiB = Math.max(maxMiB, await sizes(cluster));
    turn += 1;
    if (turn % 20 === 0) {
      const row = await main.row(
        z.object({ open: z.number() }),
        "select count(*)::int as open from executions where status in ('queued', 'running')",
      );
      log(`${row?.open} open, ${state.messages} in NATS, ${maxMiB.toFixed(0)} MiB`);
      if (row?.open === 0) break;
    }
    await sleep(250);
  }
  await connection.close();
  return { maxMessages, maxMiB };
}

async function readTimes(
  cluster: Cluster,
): Promise<{ readonly firstMs: number; readonly lastMs: number; readonly overtaken: number }> {
  const main = await cluster.database("main");
  const rows = await main.rows(
    z.object({ priority: z.number(), started_at: z.date(), finished_at: z.date() }),
    "select priority, started_at, finished_at from executions where status = 'succeeded' order by started_at",
  );
  if (rows.length !== executions) throw new TypeError(`${rows.length} of ${executions} succeeded`);
  const ends = rows.map(({ finished_at: at }) => at.getTime()).toSorted((left, right) => left - right);
  const span = (from: number, to: number): number => ((ends[to] ?? 0) - (ends[from] ?? 0)) / (to - from);
  // In the right order the first tenth has priority 10, and so on; near a border the window may mix two.
  const overtaken = rows.filter(({ priority }, position) => {
    const due = (10 - priority) * part;
    return position < due - window || position >= due + part + window;
  }).length;
  return { firstMs: span(0, part), lastMs: span(ends.length - 1 - part, ends.length - 1), overtaken };
}

async function sizes(cluster: Cluster): Promise<number> {
  return Math.max(...(await Promise.all(cluster.parts.map(async (one) => residentMiB(one.pid())))));
}
