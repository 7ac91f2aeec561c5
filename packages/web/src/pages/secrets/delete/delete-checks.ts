import type { SecretUses } from "@sealrun/protocol";

const recentMs = 30 * 24 * 60 * 60_000;

/** True when a run read one of them in the last 30 days: then deleting asks for more than a click. */
export function wasReadLately(times: readonly (string | undefined)[], nowMs: number): boolean {
  return times.some((at) => at !== undefined && nowMs - Date.parse(at) < recentMs);
}

/** What somebody types to delete what was read lately: the name, or how many there are. */
export function wordToType(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "") : `delete ${names.length}`;
}

/** Why a package would notice, in words: what lists the name, what refers to it, and who read it last. */
export function reasonsOf(use: SecretUses["uses"][number]): readonly string[] {
  return [
    ...(use.declared ? ["its manifest lists the name"] : []),
    ...use.references.map(({ file, path }) => `${file} refers to it at ${path}`),
  ];
}
