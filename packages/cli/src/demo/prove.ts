import { countOf, SealrunError } from "@sealrun/protocol";
import type { DataFolder } from "../dev/data-folder.ts";
import { describeLeak, judge } from "../prove/judge.ts";
import { controlledKinds, placesOf, placesOfDev } from "../prove/places.ts";
import { processKinds, sightingsInProcesses } from "../prove/process-sightings.ts";
import { searchPlaces, sortByKind } from "../prove/search-places.ts";
import { encodingsOf } from "../search/encodings.ts";
import type { FileSearch, Finding } from "../search/search-files.ts";
import type { ProcessWatch } from "../search/watch-processes.ts";
import type { DemoPackage } from "./package.ts";

/** The output of a run: PostgreSQL has it compressed, so its files do not show what is in it. */
export const outputPlace = "the run's output";

/** What was seen of processes, of the queue's files and of the run's output while the demo ran. */
export interface Seen {
  readonly processes: ProcessWatch;
  readonly queue: FileSearch;
  readonly output: readonly Finding[];
}

/**
 * Searches everything the demo's platform left on disk, and what was seen of processes. Gives the lines to print; throws
 * `NOT_PROVEN` when a secret was found, or when the control was not found in one of the kinds of places.
 */
export async function proveNothingLeaked(options: {
  readonly folder: DataFolder;
  readonly demo: DemoPackage;
  readonly seen: Seen;
}): Promise<readonly string[]> {
  const { folder, demo, seen } = options;
  const secrets = Object.values(demo.secrets);
  // The executor's folder counts as one of the other files.
  const places = placesOf({ ...placesOfDev(folder, []), executor: [] });
  const search = await searchPlaces(places, [...secrets, demo.control]);
  const queue = sortByKind(places, seen.queue);
  const kinds = [...controlledKinds(places), outputPlace, ...processKinds];
  const { leaks, blind } = judge(
    [
      ...search.sightings,
      ...queue.sightings,
      ...seen.output.map((finding) => ({ ...finding, kind: outputPlace })),
      ...sightingsInProcesses(seen.processes),
    ],
    kinds,
  );
  if (leaks.length > 0) {
    throw new SealrunError("NOT_PROVEN", `Plaintext was found: ${leaks.slice(0, 5).map(describeLeak).join("; ")}`);
  }
  if (blind.length > 0) {
    const sentence = `The search proves nothing: the planted control was not found in ${blind.join(", ")}`;
    throw new SealrunError("NOT_PROVEN", sentence);
  }
  const files = new Set([...search.files.values(), ...queue.files.values()].flat());
  const logs = [...files].filter((file) => file.endsWith(".log"));
  const encodings = encodingsOf(demo.control.value).size;
  const processes = seen.processes.commandLines + seen.processes.environments;
  return [
    `Searched ${kinds.join(", ")}, and every other file of the platform, for ${countOf(secrets.length, "secret")} and one control`,
    `No plaintext found in ${countOf(files.size - logs.length, "file")}, ${countOf(logs.length, "log")}, ${processes} process command lines and environments, in ${encodings} encodings; the planted control was found in each kind of place. Not searched: memory, swap, your own secrets.json.`,
  ];
}
