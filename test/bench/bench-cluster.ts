import { type Cluster, type ClusterOptions, startCluster } from "../support/cluster.ts";
import { benchPrograms } from "./script-kinds.ts";

/** A cluster of one platform, one keyring and one executor with the real limits, as people run it unless `options` say otherwise. */
export async function startBenchCluster(options: Omit<ClusterOptions, "programs"> = {}): Promise<Cluster> {
  return startCluster({
    programs: await benchPrograms(),
    platforms: 1,
    executors: 1,
    limits: {},
    asShipped: true,
    ...options,
  });
}

/** How many of what a bench is about: the variable's number, to try it with few, or the real one. */
export function howMany(variable: string, real: number): number {
  return Number(process.env[variable] ?? real);
}
