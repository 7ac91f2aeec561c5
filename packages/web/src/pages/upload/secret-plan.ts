import type { FoundNames } from "@sealrun/client";
import type { Review } from "./review.ts";

/** What an upload does with one name in secrets.json. */
export interface PlannedSecret {
  readonly name: string;
  /** In secrets.json, from 1. */
  readonly line: number;
  /** `changed`: it was set on the platform since the last upload, and this upload replaces it only with a tick. */
  readonly kind: "new" | "replaces" | "changed" | "unknown";
  /** The version that it replaces. */
  readonly version: number | undefined;
  /** Who set a changed secret, and when. */
  readonly author?: string;
  readonly changedAt?: string;
}

/** What happens to each secret, in the order of the file; `unknown` until the platform has answered. */
export function planSecrets(review: Review, found: FoundNames | undefined): readonly PlannedSecret[] {
  const stored = found?.stored.get("service");
  const changed = new Map((found?.changed ?? []).map((secret) => [secret.name, secret]));
  return [...review.checked.secrets].map(([name, { line }]): PlannedSecret => {
    const version = stored?.get(name);
    const by = changed.get(name);
    if (by !== undefined)
      return { name, line, kind: "changed", version: by.version, author: by.author, changedAt: by.updatedAt };
    if (found === undefined) return { name, line, kind: "unknown", version };
    return { name, line, kind: version === undefined ? "new" : "replaces", version };
  });
}

/** The secrets of the package that this upload does not change. */
export function keptSecrets(review: Review, found: FoundNames | undefined): readonly string[] {
  return [...(found?.stored.get("service")?.keys() ?? [])].filter((name) => !review.checked.secrets.has(name));
}
