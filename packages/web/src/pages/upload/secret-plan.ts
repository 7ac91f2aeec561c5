import type { FoundNames } from "@sealrun/client";
import type { Review } from "./review.ts";

/** What an upload does with one name of a secrets.json. */
export interface PlannedSecret {
  readonly name: string;
  /** In secrets.json, from 1. */
  readonly line: number;
  /** `changed`: somebody has set it since the last upload, and only a tick lets this upload replace it. */
  readonly kind: "new" | "replaces" | "changed" | "unknown";
  /** The version that it replaces. */
  readonly version: number | undefined;
  /** Who has set a changed one, and when. */
  readonly author?: string;
  readonly changedAt?: string;
}

/** What happens to each secret, in the order of the file; `unknown` until the platform has been asked. */
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

/** Secrets of the package that this upload leaves as they are. */
export function keptSecrets(review: Review, found: FoundNames | undefined): readonly string[] {
  return [...(found?.stored.get("service")?.keys() ?? [])].filter((name) => !review.checked.secrets.has(name));
}
