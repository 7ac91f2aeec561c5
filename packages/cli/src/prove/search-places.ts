import type { FileSearch, Wanted } from "../search/search-files.ts";
import { searchFiles } from "../search/search-files.ts";
import type { Sighting } from "./judge.ts";
import { kindOf, type Place } from "./places.ts";

/** What was searched and found in files. */
export interface SearchedPlaces {
  /** Files of each kind. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly sightings: readonly Sighting[];
  /** Files and folders that this user may not read, with their kind. */
  readonly unreadable: readonly { readonly kind: string; readonly path: string }[];
}

/** Searches every file in the places once; see `searchFiles` for `since`. */
export async function searchPlaces(
  places: readonly Place[],
  wanted: readonly Wanted[],
  since?: number,
): Promise<SearchedPlaces> {
  const paths = places.flatMap((place) => place.paths);
  return sortByKind(places, await searchFiles(paths, wanted, { since }));
}

/** What a search of files found, by the kind of place. */
export function sortByKind(places: readonly Place[], search: FileSearch): SearchedPlaces {
  const kind = (path: string): string => kindOf(places, path) ?? "other files";
  return {
    files: Map.groupBy(search.files, kind),
    sightings: search.findings.map((finding) => ({ ...finding, kind: kind(finding.place) })),
    unreadable: search.unreadable.map((path) => ({ kind: kind(path), path })),
  };
}
