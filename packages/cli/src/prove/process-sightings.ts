import type { ProcessWatch } from "../search/watch-processes.ts";
import type { Sighting } from "./judge.ts";

const commandLines = "command lines";
const environments = "environments";

/** The kinds of places that a watch of processes searches. */
export const processKinds: readonly string[] = [commandLines, environments];

/** What was found in processes, by the kind of place. */
export function sightingsInProcesses({ findings }: Pick<ProcessWatch, "findings">): readonly Sighting[] {
  return findings.map((finding) => ({
    ...finding,
    kind: finding.place === "environment" ? environments : commandLines,
  }));
}

/** How many of each kind were read. */
export function countProcesses(seen: ProcessWatch): readonly { readonly kind: string; readonly count: number }[] {
  return [
    { kind: commandLines, count: seen.commandLines },
    { kind: environments, count: seen.environments },
  ];
}
