import type { SecretUses } from "@sealrun/protocol";

const recentMs = 30 * 24 * 60 * 60_000;

/** True when a run read one of the secrets in the last 30 days: then deleting takes more than a click. */
export function wasReadLately(times: readonly (string | undefined)[], nowMs: number): boolean {
  return times.some((at) => at !== undefined && nowMs - Date.parse(at) < recentMs);
}

/** What has to be typed to delete secrets that were read lately: the name, or how many there are. */
export function wordToType(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? "") : `delete ${names.length}`;
}

/** Why a package needs a secret, in words: its manifest lists the name, or a document refers to it. */
export function reasonsOf(use: SecretUses["uses"][number]): readonly string[] {
  return [
    ...(use.declared ? ["its manifest lists the name"] : []),
    ...use.references.map(({ file, path }) => `${file} refers to it at ${path}`),
  ];
}
