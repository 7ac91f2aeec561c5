import type { Client, SecretPlace } from "@sealrun/client";
import type { SecretInfo } from "@sealrun/protocol";
import { keepPreviousData, type QueryClient, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { alsoOf, topicKey } from "../../../platform/queries.ts";
import { askedNames } from "./asked-names.ts";
import { placeKey, widerPlaces } from "../place.ts";
import { buildRows, type PackageNames, type SecretRow } from "./secret-rows.ts";

/** In a project with more packages the details of a secret say where it is overridden, not the table. */
const maxPackages = 40;

/** The rows of a secrets page; undefined until the place's own list is loaded. */
export interface SecretRows {
  readonly rows: readonly SecretRow[] | undefined;
  readonly own: readonly SecretInfo[];
  readonly error: unknown;
  readonly retry: () => unknown;
}

/**
 * The secrets of a place with those of wider scopes, the packages that override them, archived ones only where they are
 * wanted, and missing names.
 */
export function useSecretRows(place: SecretPlace, { archived }: { readonly archived: boolean }): SecretRows {
  const client = useClient();
  const queries = useQueryClient();
  const list = useQuery(listQuery(client, place));
  const wider = useQueries({
    queries: widerPlaces(place).map((other) => listQuery(client, other)),
    combine: takeLists,
  });
  const packageNames = useQuery({
    queryKey: placeKey(place, "inside", archived ? "all" : "current"),
    queryFn: async () =>
      listPackageNames({ client, queries }, { project: place.scope === "project" ? place.project : "", archived }),
    placeholderData: keepPreviousData,
    meta: alsoOf("packages"),
    enabled: place.scope === "project",
  });
  const asked = useQuery({
    queryKey: topicKey("packages", ...placeKey(place), "asked"),
    queryFn: async () =>
      place.scope === "service"
        ? askedNames((await client.getPackage(place.project, place.package)).version?.manifest ?? {})
        : [],
    enabled: place.scope === "service",
  });
  const rows = useMemo(
    () =>
      list.data === undefined
        ? undefined
        : buildRows({
            own: list.data,
            wider: wider.map((infos) => infos ?? []),
            packageNames: packageNames.data ?? [],
            // A name may be set in a scope that is still loading.
            asked: wider.includes(undefined) ? [] : (asked.data ?? []),
          }),
    [list.data, wider, packageNames.data, asked.data],
  );
  return { rows, own: list.data ?? [], error: list.error, retry: async () => list.refetch() };
}

type Lists = readonly (readonly SecretInfo[] | undefined)[];

function takeLists(results: readonly { readonly data: readonly SecretInfo[] | undefined }[]): Lists {
  return results.map(({ data }) => data);
}

function listQuery(client: Client, place: SecretPlace) {
  return { queryKey: placeKey(place, "list"), queryFn: async () => client.listSecrets(place) };
}

async function listPackageNames(
  { client, queries }: { readonly client: Client; readonly queries: QueryClient },
  { project, archived }: { readonly project: string; readonly archived: boolean },
): Promise<readonly PackageNames[]> {
  const packages = await queries.fetchQuery({
    queryKey: topicKey("packages", project, archived ? "all names" : "names"),
    queryFn: async () => client.listPackages(project, { archived }),
  });
  if (packages.length > maxPackages) return [];
  return Promise.all(
    packages.map(async ({ name }) => ({
      package: name,
      names: (await client.listSecrets({ scope: "service", project, package: name })).map((secret) => secret.name),
    })),
  );
}
