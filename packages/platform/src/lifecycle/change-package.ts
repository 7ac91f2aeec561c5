import type { Sql } from "@sealrun/postgres";
import type { ChangePackage } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Deps, Requester } from "../deps.ts";
import { renamePackage, setPackageArchived } from "../packages/change-store.ts";
import { lockPackage, type Package } from "../packages/store.ts";
import { ringOutbox } from "../postgres/channels.ts";
import { refreshSchedules } from "../schedules/refresh.ts";

/** The package to change, and the requester. */
export interface PackageToChange {
  readonly package: Pick<Package, "id">;
  readonly requester: Requester;
}

/**
 * Renames a package, archives it or ends that; what is absent stays, and what is so already is not recorded. Nothing that
 * is sealed names a package, so a new name changes no secret. `ALREADY_EXISTS` for a name that another package has.
 */
export async function changePackage(
  { database }: Pick<Deps, "database">,
  target: PackageToChange,
  { name, archived }: ChangePackage,
): Promise<void> {
  const { requester } = target;
  await database.transaction(async (sql) => {
    const locked = await lockPackage(sql, target.package.id);
    if (name !== undefined && name !== locked.name) {
      await renamePackage(sql, locked.id, name);
      const detail = { from: locked.name, to: name };
      await recordAudit(sql, { requester, action: "package.rename", object: locked.id, detail });
    }
    if (archived !== undefined && archived !== (locked.archivedAt !== null)) {
      await archive(sql, { locked, requester, archived });
    }
  });
}

async function archive(
  sql: Sql,
  { locked, requester, archived }: { locked: Package; requester: Requester; archived: boolean },
): Promise<void> {
  await setPackageArchived(sql, locked.id, archived);
  await refreshSchedules(sql, { packageId: locked.id, requester });
  const action = archived ? "package.archive" : "package.unarchive";
  await recordAudit(sql, { requester, action, object: locked.id });
  // What waited for the end of the archive may start now.
  await ringOutbox(sql);
}
