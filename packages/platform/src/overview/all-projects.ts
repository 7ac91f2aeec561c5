import type { PlatformOverview } from "@sealrun/protocol";
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
        needAttention: own.filter((row) => needsAttention(lastRuns.get(row.id), missing.get(row.id)?.length ?? 0))
          .length,
        lastRunAt: newest(ownRuns)?.toISOString() ?? null,
      };
    }),
  };
}

/** As the home page of a project decides: what it lists under "Needs attention". */
function needsAttention(lastRun: LastRun | undefined, missing: number): boolean {
  return missing > 0 || (lastRun !== undefined && ["failed", "lost", "queued"].includes(lastRun.status));
}

function newest(runs: readonly LastRun[]): Date | undefined {
  return runs
    .map(({ createdAt }) => createdAt)
    .reduce<Date | undefined>((last, at) => (last !== undefined && last > at ? last : at), undefined);
}
