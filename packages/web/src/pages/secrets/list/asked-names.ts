import { type JsonObject, manifestSchema } from "@sealrun/protocol";
import type { AskedName } from "./secret-rows.ts";

/** The names that a manifest lists, for the package and for its steps, without those that may be missing. Empty for a newer platform's manifest, which cannot be read. */
export function askedNames(manifest: JsonObject): readonly AskedName[] {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) return [];
  const by = new Map<string, string[]>();
  const optional = parsed.data.optional ?? [];
  const add = (name: string, who: string, ownOptional: readonly string[] = []): void => {
    if ([...optional, ...ownOptional].includes(name)) return;
    by.set(name, [...(by.get(name) ?? []), who]);
  };
  for (const name of parsed.data.secrets ?? []) add(name, "the manifest");
  for (const step of parsed.data.steps ?? []) {
    for (const name of step.secrets ?? []) add(name, `step ${step.name ?? step.script}`, step.optional);
  }
  return [...by].map(([name, who]) => ({ name, by: who }));
}
