import type { Finding } from "../search/search-files.ts";
import { controlLabel } from "./canaries.ts";

/** Something that was found, and in which kind of place. */
export interface Sighting extends Finding {
  readonly kind: string;
}

/** What a search proves. */
export interface Verdict {
  /** Secrets that were found in plain text. */
  readonly leaks: readonly Sighting[];
  /** Kinds of places in which the control was not found, so that nothing is proven about them. */
  readonly blind: readonly string[];
}

/** Nothing but the control may be found, and the control in each kind of place. */
export function judge(sightings: readonly Sighting[], kinds: readonly string[]): Verdict {
  const seen = new Map(sightings.map((sighting) => [JSON.stringify(sighting), sighting]));
  const leaks = [...seen.values()].filter(({ value }) => value !== controlLabel);
  const withControl = new Set(sightings.filter(({ value }) => value === controlLabel).map(({ kind }) => kind));
  return { leaks, blind: [...new Set(kinds)].filter((kind) => !withControl.has(kind)) };
}

/** One leak, in words. */
export function describeLeak({ value, encoding, kind, place }: Sighting): string {
  return kind === place ? `${value} as ${encoding} in ${place}` : `${value} as ${encoding} in ${kind}: ${place}`;
}
