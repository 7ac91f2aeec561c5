import { basename, dirname, relative } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import { encodingsOf } from "../search/encodings.ts";
import { type FileSearch, type Finding, searchFiles } from "../search/search-files.ts";
import type { ProcessWatch } from "../search/watch-processes.ts";
import type { DemoPackage } from "./package.ts";

/** The kinds of places that are searched. The control must be found in each, or the search proves nothing. */
const places = [
  "PostgreSQL's files",
  "NATS's files",
  "logs",
  "the run's output",
  "command lines",
  "environments",
] as const;
type Place = (typeof places)[number] | "other files";

/** Names the output of a run in a finding: PostgreSQL has it compressed, so its files do not show what is in it. */
export const outputPlace = "output of a run";

/** What was seen of processes, of the queue's files and of the run's output while the demo ran. */
export interface Seen {
  readonly processes: ProcessWatch;
  readonly queue: FileSearch;
  readonly output: readonly Finding[];
}

/**
 * Searches everything the demo's platform left on disk, and what was seen of processes. Gives the lines to print; throws
 * when a secret was found, or when the control was not found in one of the kinds of places.
 */
export async function proveNothingLeaked(options: {
  readonly dataFolder: string;
  readonly demo: DemoPackage;
  readonly seen: Seen;
}): Promise<readonly string[]> {
  const { dataFolder, demo, seen } = options;
  const secrets = Object.values(demo.secrets);
  const search = await searchFiles([dataFolder], [...secrets, demo.control]);
  const files = new Set([...search.files, ...seen.queue.files]);
  const findings = [...search.findings, ...seen.queue.findings, ...seen.output, ...seen.processes.findings];

  const leaked = findings.filter(({ value }) => value !== demo.control.label);
  if (leaked.length > 0) {
    const where = leaked.map(({ value, encoding, place }) => `${value} as ${encoding} in ${place}`);
    throw new SealrunError("INTERNAL", `Plaintext was found: ${[...new Set(where)].slice(0, 5).join("; ")}`);
  }
  const withControl = new Set(findings.map((finding) => placeOf(finding, dataFolder)));
  const missingControl = places.filter((place) => !withControl.has(place));
  if (missingControl.length > 0) {
    throw new SealrunError(
      "INTERNAL",
      `The search proves nothing: the planted control was not found in ${missingControl.join(", ")}`,
    );
  }
  const logs = [...files].filter((file) => file.endsWith(".log"));
  const encodings = encodingsOf(demo.control.value).size;
  const { commandLines, environments } = seen.processes;
  return [
    `Searched ${places.join(", ")}, and every other file of the platform, for ${secrets.length} secrets and one control`,
    `No plaintext found in ${files.size - logs.length} files, ${logs.length} logs, ${commandLines + environments} process command lines and environments, in ${encodings} encodings; the planted control was found in each kind of place. Not searched: memory, swap, your own secrets.json.`,
  ];
}

function placeOf(finding: Finding, dataFolder: string): Place {
  if (finding.place === "command line") return "command lines";
  if (finding.place === "environment") return "environments";
  if (finding.place === outputPlace) return "the run's output";
  if (basename(finding.place).endsWith(".log")) return "logs";
  const [first] = relative(dataFolder, dirname(finding.place)).split("/");
  if (first === "postgres") return "PostgreSQL's files";
  return first === "nats" ? "NATS's files" : "other files";
}
