import type { Client, SecretPlace } from "@sealrun/client";
import type { SecretInfo } from "@sealrun/protocol";
import { keepPreviousData, skipToken, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useClient } from "../../../platform/platform.tsx";
import { alsoOf, topicKey } from "../../../platform/queries.ts";
import { askedNames } from "./asked-names.ts";
import { placeKey, widerPlaces } from "../place.ts";
import { buildRows, type SecretRow } from "./secret-rows.ts";

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
  const list = useQuery(listQuery(client, place));
  const wider = useQueries({
    queries: widerPlaces(place).map((other) => listQuery(client, other)),
    combine: takeLists,
  });
  const overriding = useQuery({
    queryKey: placeKey(place, "overriding", archived ? "all" : "current"),
    queryFn: place.scope === "project" ? async () => client.listOverrides(place.project, { archived }) : skipToken,
    placeholderData: keepPreviousData,
    meta: alsoOf("packages"),
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
            overriding: overriding.data ?? [],
            // A name may be set in a scope that is still loading.
            asked: wider.includes(undefined) ? [] : (asked.data ?? []),
          }),
    [list.data, wider, overriding.data, asked.data],
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
