import {
  type ExecutionSummary,
  jsonValue,
  type PackageOverview,
  parametersFileSchema,
  type ProjectOverview,
} from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { listRecent } from "./execution-list-store.ts";
import { findRefusal } from "../start/run-settings.ts";
import { addWaitingReasons } from "./add-waiting-reasons.ts";
import { listMissing } from "./list-missing.ts";
import { listOverviewPackages, type OverviewPackage } from "./overview-store.ts";
import type { Project } from "../projects/store.ts";

const maxRecent = 10;

const shownManifest = z.object({
  description: z.string().catch(""),
  tags: z.array(jsonValue).catch([]),
});

/**
 * Every package of a project with its last runs and missing secrets; archived ones only where they are asked for. The number of statements does not grow with the
 * packages.
 */
export async function describeProject(
  { database, platformId }: Pick<Deps, "database" | "platformId">,
  project: Pick<Project, "id">,
  { archived }: { readonly archived: boolean },
): Promise<ProjectOverview> {
  const found = await listOverviewPackages(database, { project: project.id, archived });
  const packages = found.map(({ id }) => id);
  const recent = Map.groupBy(await listRecent(database, packages, maxRecent), (row) => row.package);
  const newest = await addWaitingReasons(
    database,
    [...recent.values()].flatMap((rows) => rows.slice(0, 1)),
  );
  const lastRuns = new Map(newest.map((run) => [run.package, run]));
  const missing = await listMissing({ database, platformId }, found);
  return {
    packages: found.map((row) =>
      describe(row, {
        lastRun: lastRuns.get(row.name),
        recent: recent.get(row.name) ?? [],
        missing: [...(missing.get(row.id) ?? [])],
      }),
    ),
  };
}

function describe(
  row: OverviewPackage,
  more: {
    readonly lastRun: ExecutionSummary | undefined;
    readonly recent: readonly Pick<ExecutionSummary, "id" | "status">[];
    readonly missing: PackageOverview["missing"];
  },
): PackageOverview {
  const { description, tags } = shownManifest.parse(row.manifest);
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    pushedAt: row.pushedAt.toISOString(),
    description,
    tags: tags.filter((tag) => typeof tag === "string"),
    steps: row.steps.length,
    canRun: row.archivedAt === null && findRefusal(row.manifest) === undefined,
    hasParameters: row.parameters !== null && parametersFileSchema.parse(row.parameters).fields.length > 0,
    lastRun: more.lastRun ?? null,
    recent: more.recent.map(({ id, status }) => ({ id, status })),
    missing: more.missing,
    nextAt: row.nextAt?.toISOString() ?? null,
    archivedAt: row.archivedAt?.toISOString() ?? null,
  };
}
