import { findCacheFolder } from "../../packages/cli/src/setup/cache-folder.ts";
import { findPrograms } from "../../packages/cli/src/setup/find-programs.ts";
import { type Cluster, type ClusterOptions, startCluster } from "../support/cluster.ts";

/** A cluster of one platform, one keyring and one executor with the real limits, as people run it unless `options` say otherwise. */
export async function startBenchCluster(options: Omit<ClusterOptions, "programs"> = {}): Promise<Cluster> {
  const environment = process.env;
  const programs = await findPrograms({
    cacheFolder: await findCacheFolder(environment),
    environment,
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  return startCluster({ programs, platforms: 1, executors: 1, limits: {}, asShipped: true, ...options });
}

/** How many of what a bench is about: the variable's number, to try it with few, or the real one. */
export function howMany(variable: string, real: number): number {
  return Number(process.env[variable] ?? real);
}
