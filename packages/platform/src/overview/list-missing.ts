import { lookupOrder, type MissingSecret, type PackageId } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { type AskedName, findMissing, isOptionalIn, listAsked } from "./missing-secrets.ts";
import { listMissed, listStoredNames, type MissedName, type OverviewPackage } from "./overview-store.ts";

/**
 * The secrets that each of these packages asks for and no scope has. Two statements, however many packages and projects
 * they are.
 */
export async function listMissing(
  { database, platformId }: Pick<Deps, "database" | "platformId">,
  packages: readonly OverviewPackage[],
): Promise<ReadonlyMap<PackageId, readonly MissingSecret[]>> {
  const ids = packages.map(({ id }) => id);
  const missed = Map.groupBy(await listMissed(database, ids), (row) => row.packageId);
  const asked = packages.map((row) => {
    const byRun = (missed.get(row.id) ?? []).filter(({ step, name }) => !isOptionalIn(row, step, name));
    return { row, names: [...listAsked(row, row.project), ...byRun.map(askedByRun)] };
  });
  const reach = { platformId, projects: [...new Set(packages.map(({ projectId }) => projectId))], packages: ids };
  const wanted = new Set(asked.flatMap(({ names }) => names.flatMap((place) => place.names)));
  const stored = await listStoredNames(database, reach, [...wanted]);
  const known = new Set(stored.map(({ ownerId, name }) => `${ownerId} ${name}`));
  return new Map(
    asked.map(({ row, names }) => {
      const owners = { service: row.id, project: row.projectId, platform: platformId };
      return [row.id, findMissing(names, (scope, name) => known.has(`${owners[scope]} ${name}`))];
    }),
  );
}

function askedByRun({ name, execution }: MissedName): AskedName {
  return { names: [name], scopes: lookupOrder, askedBy: "run", where: execution };
}
