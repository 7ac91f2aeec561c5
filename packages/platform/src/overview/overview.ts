import {
  type ExecutionSummary,
  jsonValue,
  lookupOrder,
  type PackageOverview,
  parametersFileSchema,
  type ProjectOverview,
} from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { listRecent } from "./execution-list-store.ts";
import { findRefusal } from "../start/run-settings.ts";
import { addWaitingReasons } from "./add-waiting-reasons.ts";
import { type AskedName, findMissing, listAsked } from "./missing-secrets.ts";
import {
  listMissed,
  listOverviewPackages,
  listStoredNames,
  type MissedName,
  type OverviewPackage,
  type StoredName,
} from "./overview-store.ts";
import type { Project } from "../projects/store.ts";

const maxRecent = 10;

const shownManifest = z.object({
  description: z.string().catch(""),
  tags: z.array(jsonValue).catch([]),
});

/**
 * Every package of a project with its last runs and missing secrets. The number of statements does not grow with the
 * packages.
 */
export async function describeProject(
  { database, platformId }: Pick<Deps, "database" | "platformId">,
  project: Project,
): Promise<ProjectOverview> {
  const found = await listOverviewPackages(database, project.id);
  const packages = found.map(({ id }) => id);
  const recent = Map.groupBy(await listRecent(database, packages, maxRecent), (row) => row.package);
  const newest = await addWaitingReasons(
    database,
    [...recent.values()].flatMap((rows) => rows.slice(0, 1)),
  );
  const lastRuns = new Map(newest.map((run) => [run.package, run]));
  const missed = Map.groupBy(await listMissed(database, packages), (row) => row.packageId);
  const asked = new Map(
    found.map((row) => [row.id, [...listAsked(row, project.name), ...(missed.get(row.id) ?? []).map(askedByRun)]]),
  );
  const names = [...asked.values()].flatMap((places) => places.flatMap((place) => place.names));
  const stored = await listStoredNames(database, { platformId, project: project.id, packages }, [...new Set(names)]);
  return {
    packages: found.map((row) =>
      describe(row, {
        lastRun: lastRuns.get(row.name),
        recent: recent.get(row.name) ?? [],
        missing: missingOf(row, asked.get(row.id) ?? [], stored),
      }),
    ),
  };
}

function askedByRun({ name, execution }: MissedName): AskedName {
  return { names: [name], scopes: lookupOrder, askedBy: "run", where: execution };
}

function missingOf(
  { id }: OverviewPackage,
  asked: readonly AskedName[],
  stored: readonly StoredName[],
): PackageOverview["missing"] {
  const isOwn = (name: StoredName): boolean => name.scope !== "service" || name.ownerId === id;
  const known = new Set(stored.filter(isOwn).map(({ scope, name }) => `${scope} ${name}`));
  return [...findMissing(asked, (scope, name) => known.has(`${scope} ${name}`))];
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
    canRun: findRefusal(row.manifest) === undefined,
    hasParameters: row.parameters !== null && parametersFileSchema.parse(row.parameters).fields.length > 0,
    lastRun: more.lastRun ?? null,
    recent: more.recent.map(({ id, status }) => ({ id, status })),
    missing: more.missing,
    nextAt: row.nextAt?.toISOString() ?? null,
  };
}
