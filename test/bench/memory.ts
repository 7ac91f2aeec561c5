import { readFile, realpath } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { descendantsOf, type KnownProcess } from "../support/processes.ts";
import { until } from "../support/until.ts";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, figureRow } from "./row.ts";
import { packageOf, scriptKinds } from "./script-kinds.ts";

/** After a run, an executor makes ready what it keeps for the next. */
const settledMs = 3_000;
/** The file of a worker's process. */
const workerFile = "/bundled/main.js";

/**
 * What the processes of an idle executor hold: proportional set size, in which a page that several processes share
 * counts as its share for each. What a worker keeps ready is measured after a run of each kind.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const rows: BenchRow[] = [];
    const row = (what: string, ours: number): void => {
      rows.push(figureRow({ what, ours, unit: "MiB" }));
    };
    for (const kind of await scriptKinds()) {
      await platform.push(kind.name, packageOf(kind, "none"));
      for await (const event of platform.watch(await platform.start(kind.name))) void event;
      await sleep(settledMs);
      const { supervisor, worker, runner } = await executorOf(platform);
      if (kind.name === "node") {
        row("memory of an idle executor: the supervisor", await proportionalMiB([supervisor]));
        row("the same: a worker", await proportionalMiB([worker]));
      }
      row(`the same: what is kept ready after ${kind.what}, its sandbox included`, await proportionalMiB(runner));
    }
    return rows;
  } finally {
    await platform.stop();
    await folder.remove();
  }
}

interface ExecutorProcesses {
  readonly supervisor: KnownProcess;
  readonly worker: KnownProcess;
  /** What the worker started. */
  readonly runner: readonly KnownProcess[];
}

/** The processes of the executor, and of the worker that ran last: the one that keeps something ready, if one does. */
async function executorOf(platform: BenchPlatform): Promise<ExecutorProcesses> {
  return until(async () => {
    const all = await descendantsOf(platform.pid);
    const supervisors = await filter(all, async ({ pid }) => {
      const line = await commandLine(pid);
      return line.includes("executor") && !line.some((word) => word.endsWith(workerFile));
    });
    for (const supervisor of supervisors) {
      const workers = await filter(await descendantsOf(supervisor.pid), async ({ pid }) => {
        const program = await realpath(`/proc/${pid}/exe`).catch(() => "");
        return program.endsWith("/node") && (await commandLine(pid)).some((word) => word.endsWith(workerFile));
      });
      const found = await Promise.all(
        workers.map(async (worker) => ({ supervisor, worker, runner: await descendantsOf(worker.pid) })),
      );
      const [busiest] = found.toSorted((left, right) => right.runner.length - left.runner.length);
      if (busiest !== undefined) return busiest;
    }
    return undefined;
  });
}

async function commandLine(pid: number): Promise<readonly string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
}

async function proportionalMiB(processes: readonly KnownProcess[]): Promise<number> {
  const all = await Promise.all(
    processes.map(async ({ pid }) => readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "")),
  );
  const kibibytes = all.map((text) => Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0));
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

async function filter<T>(all: readonly T[], isWanted: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const wanted = await Promise.all(all.map(isWanted));
  return all.filter((_, index) => wanted[index]);
}
