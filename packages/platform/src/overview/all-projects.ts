import { attentionKinds, type PlatformOverview } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { listProjects } from "../projects/store.ts";
import { listMissing } from "./list-missing.ts";
import { type LastRun, listLastRuns, listOverviewPackages } from "./overview-store.ts";

/**
 * Every project with the counts of its packages and when it last ran. The number of statements does not grow with the
 * projects.
 */
export async function describeProjects(deps: Pick<Deps, "database" | "platformId">): Promise<PlatformOverview> {
  const { database } = deps;
  const [projects, packages, runs] = await Promise.all([
    listProjects(database, { archived: true }),
    listOverviewPackages(database, { archived: false }),
    listLastRuns(database),
  ]);
  const missing = await listMissing(deps, packages);
  const lastRuns = new Map(runs.map((run) => [run.packageId, run]));
  const ofProjects = Map.groupBy(packages, ({ projectId }) => projectId);
  return {
    projects: projects.map(({ id, name }) => {
      const own = ofProjects.get(id) ?? [];
      const ownRuns = own.flatMap((row) => lastRuns.get(row.id) ?? []);
      return {
        name,
        packages: own.length,
        needAttention: own.filter(({ id: packageId }) => {
          const lastStatus = lastRuns.get(packageId)?.status;
          return attentionKinds({ lastStatus, missing: missing.get(packageId)?.length ?? 0 }).length > 0;
        }).length,
        lastRunAt: newest(ownRuns)?.toISOString() ?? null,
      };
    }),
  };
}

function newest(runs: readonly LastRun[]): Date | undefined {
  return runs
    .map(({ createdAt }) => createdAt)
    .reduce<Date | undefined>((last, at) => (last !== undefined && last > at ? last : at), undefined);
}
