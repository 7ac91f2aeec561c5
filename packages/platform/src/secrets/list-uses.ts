import type { Sql } from "@sealrun/postgres";
import { narrowerScopes, type SecretName, type SecretUses } from "@sealrun/protocol";
import { findReferences } from "./explain-secret.ts";
import type { Place } from "./scope-key.ts";
import { type Candidate, listCandidates, listReaders } from "./uses-store.ts";

/** The packages that use a secret: they name it, or have read it. The secret need not be set. */
export async function listUses(sql: Sql, place: Place, name: SecretName): Promise<SecretUses> {
  const readers = new Map((await listReaders(sql, place, name)).map((row) => [row.packageId, row.lastRead]));
  const candidates = await listCandidates(sql, place, name, [...readers.keys()]);
  const uses = candidates.map((candidate) => ({
    project: candidate.project,
    package: candidate.package,
    shadowed: narrowerScopes(place.scope).some((scope) => candidate.setIn.includes(scope)),
    references: referencesIn(candidate, name),
    declared: isDeclared(candidate, name),
    lastRead: readers.get(candidate.id) ?? null,
  }));
  const isUse = (use: SecretUses["uses"][number]): boolean =>
    use.references.length > 0 || use.declared || use.lastRead !== null;
  return { name, scope: place.scope, uses: uses.filter(isUse) };
}

function referencesIn({ config, parameters, manifest }: Candidate, name: SecretName) {
  return [
    ...findReferences("config.json", config, name),
    ...findReferences("parameters.json", parameters ?? {}, name),
    ...findReferences("manifest.json", manifest, name),
  ];
}

function isDeclared({ manifest, steps }: Candidate, name: SecretName): boolean {
  const list = manifest["secrets"];
  return (Array.isArray(list) && list.includes(name)) || steps.some(({ secrets }) => secrets?.includes(name) === true);
}
