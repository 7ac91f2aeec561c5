import type { Client, SecretPlace } from "@sealrun/client";
import type { JsonValue, SecretInfo } from "@sealrun/protocol";
import type { Output } from "../output.ts";
import { showPlace } from "./place.ts";

/** What an import would do to one name. */
export interface PlannedChange {
  readonly name: string;
  readonly change: "new" | "replaced";
  /** The version it would replace; null for a new name. */
  readonly replaces: number | null;
}

/** What storing these names would change, by name. Stored values are sealed, so a changed value cannot be recognised. */
export function planImport(
  values: ReadonlyMap<string, JsonValue>,
  stored: readonly Pick<SecretInfo, "name" | "version">[],
): readonly PlannedChange[] {
  const versions = new Map(stored.map(({ name, version }) => [name, version]));
  return [...values.keys()].sort().map((name) => {
    const replaces = versions.get(name) ?? null;
    return { name, change: replaces === null ? "new" : "replaced", replaces };
  });
}

/** Prints what an import would change, and changes nothing. */
export async function showPlan(
  { client, output }: { readonly client: Client; readonly output: Output },
  place: SecretPlace,
  { values, json }: { readonly values: ReadonlyMap<string, JsonValue>; readonly json: boolean },
): Promise<void> {
  const changes = planImport(values, await client.listSecrets(place));
  if (json) return output.json({ changes });
  for (const { name, replaces } of changes) {
    output.line(replaces === null ? `new       ${name}` : `replaces  ${name}, version ${replaces}`);
  }
  output.note(
    `nothing was stored in ${showPlace(place)}; run it without --dry-run to store these ${changes.length}, all or none`,
  );
}
