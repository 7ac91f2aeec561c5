import { SealrunError } from "@sealrun/protocol";
import type { DataFolder } from "../dev/data-folder.ts";
import { describeLeak, judge } from "../prove/judge.ts";
import { type Place, placesOfDev } from "../prove/places.ts";
import { searchPlaces, sortByKind } from "../prove/search-places.ts";
import { encodingsOf } from "../search/encodings.ts";
import type { FileSearch, Finding } from "../search/search-files.ts";
import type { ProcessWatch } from "../search/watch-processes.ts";
import type { DemoPackage } from "./package.ts";

/** The output of a run: PostgreSQL has it compressed, so its files do not show what is in it. */
export const outputPlace = "the run's output";
const commandLines = "command lines";
const environments = "environments";

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
  const named = placesOfDev(folder, []);
  const places: readonly Place[] = [
    { kind: "PostgreSQL's files", paths: named.postgres, needsControl: true },
    { kind: "NATS's files", paths: named.nats, needsControl: true },
    { kind: "logs", paths: named.logs, needsControl: true },
    { kind: "other files", paths: named.other, needsControl: false },
  ];
  const search = await searchPlaces(places, [...secrets, demo.control]);
  const queue = sortByKind(places, seen.queue);
  const kinds = [
    ...places.filter(({ needsControl }) => needsControl).map(({ kind }) => kind),
    outputPlace,
    commandLines,
    environments,
  ];
  const { leaks, blind } = judge(
    [
      ...search.sightings,
      ...queue.sightings,
      ...seen.output.map((finding) => ({ ...finding, kind: outputPlace })),
      ...seen.processes.findings.map((finding) => ({
        ...finding,
        kind: finding.place === "environment" ? environments : commandLines,
      })),
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
    `Searched ${kinds.join(", ")}, and every other file of the platform, for ${secrets.length} secrets and one control`,
    `No plaintext found in ${files.size - logs.length} files, ${logs.length} logs, ${processes} process command lines and environments, in ${encodings} encodings; the planted control was found in each kind of place. Not searched: memory, swap, your own secrets.json.`,
  ];
}
