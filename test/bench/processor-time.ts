import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster } from "../support/cluster.ts";
import { descendantsOf } from "../support/processes.ts";

/** Linux tells processes' times in hundredths of a second. */
const tickMs = 10;

/** Processor time in ms. */
export interface ProcessorTime {
  /** Of the process itself, with the kernel's work for it. */
  readonly ownMs: number;
  /** Of the processes that it started and that have ended. */
  readonly endedMs: number;
}

/** The processor time of a process so far, zero when it does not run. */
export async function processorTime(pid: number | "self" | undefined): Promise<ProcessorTime> {
  const stat = pid === undefined ? "" : await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name in brackets may hold anything; the fields after it are numbered from 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = (first: number): number => Number(fields[first] ?? 0) + Number(fields[first + 1] ?? 0);
  return { ownMs: ticks(11) * tickMs, endedMs: ticks(13) * tickMs };
}

/** The processor time of each part and server of a cluster itself; what an executor starts is not in it. */
export async function clusterTimes(cluster: Cluster): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const part of cluster.parts) {
    const { ownMs } = await processorTime(part.pid());
    times.set(part.kind, (times.get(part.kind) ?? 0) + ownMs);
  }
  times.set("NATS", (await processorTime(cluster.nats.pid())).ownMs);
  const file = await readFile(join(cluster.postgres.folder, "postgres", "cluster", "postmaster.pid"), "utf8");
  const postmaster = Number(file.split("\n")[0]);
  // A backend that ends is added to what its parent says of ended ones.
  const workers = await Promise.all((await descendantsOf(postmaster)).map(async ({ pid }) => processorTime(pid)));
  const { ownMs, endedMs } = await processorTime(postmaster);
  times.set(
    "PostgreSQL",
    workers.reduce((sum, worker) => sum + worker.ownMs, ownMs + endedMs),
  );
  return times;
}
