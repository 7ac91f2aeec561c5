import { newId } from "@sealrun/crypto";
import { packageId, type PackageName, SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import type { Project } from "../projects/store.ts";
import { fetchScopeKey } from "../secrets/scope-key.ts";
import { refuseArchived } from "../packages/refuse-archived.ts";
import { findPackage, insertPackage, type Package } from "../packages/store.ts";

type EnsurePackageDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId">;

/**
 * The package of that name, made when it does not exist. The keyring makes its key before its row is committed, so that
 * every package has one. `KEYRING_UNREACHABLE` and `ARCHIVED` leave nothing behind.
 */
export async function ensurePackage(
  deps: EnsurePackageDeps,
  requester: Requester,
  project: Project,
  name: PackageName,
): Promise<Package> {
  const found = await findPackage(deps.database, project.id, name);
  if (found !== undefined) return found;
  refuseArchived(project);
  const made = await deps.database.transaction(async (sql) => {
    const id = packageId.parse(newId("package"));
    const inserted = await insertPackage(sql, { id, projectId: project.id, name });
    if (inserted === undefined) return undefined;
    await fetchScopeKey(deps, { scope: "service", ownerId: id, projectId: project.id });
    await recordAudit(sql, { requester, action: "package.create", object: id, detail: { project: project.id, name } });
    return inserted;
  });
  // Another request made it between the two statements.
  const present = made ?? (await findPackage(deps.database, project.id, name));
  if (present !== undefined) return present;
  throw new SealrunError("PACKAGE_NOT_FOUND", "The package was removed during the request; try again");
}
