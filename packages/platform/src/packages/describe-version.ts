import type { Sql } from "@sealrun/postgres";
import type { PackageId, VersionInfo } from "@sealrun/protocol";
import { getVersion, listFiles } from "./version-store.ts";

/** A version as the API shows it; `NOT_FOUND` when that number does not exist. */
export async function describeVersion(sql: Sql, packageId: PackageId, number: number): Promise<VersionInfo> {
  const version = await getVersion(sql, packageId, number);
  const files = await listFiles(sql, version.id);
  return {
    id: version.id,
    number: version.number,
    restores: version.restores,
    digest: version.digest,
    createdAt: version.createdAt.toISOString(),
    files: [...files],
    steps: version.steps.map(({ script }) => script),
    manifest: version.manifest,
    parameters: version.parameters,
  };
}
