import { SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { refuseArchived } from "../packages/refuse-archived.ts";
import { lockPackage } from "../packages/store.ts";
import { getVersion, readFiles } from "../packages/version-store.ts";
import { checkContent } from "./check-content.ts";
import type { PushTarget } from "./push.ts";
import { storeVersion } from "./store-version.ts";

/**
 * Makes the files of an earlier version the newest version again, under a new number, which it returns. It has to pass
 * the checks of a push, because rules and settings may have changed since. Secrets stay as they are. `NOT_FOUND` for a
 * version that does not exist, `ARCHIVED`, and `ALREADY_EXISTS` when the newest version has the same files.
 */
export async function rollBack(
  deps: Pick<Deps, "database" | "maxLimits">,
  target: PushTarget,
  to: number,
): Promise<number> {
  const { requester } = target;
  refuseArchived(target.project, target.package);
  const earlier = await getVersion(deps.database, target.package.id, to);
  const files = await readFiles(deps.database, earlier.id);
  const checked = await checkContent(deps, target.project, files);
  return deps.database.transaction(async (sql) => {
    const locked = await lockPackage(sql, target.package.id);
    refuseArchived(target.project, locked);
    const newest = await getVersion(sql, locked.id, locked.currentVersion);
    if (newest.digest === earlier.digest) throw isNewest(to, newest.number);
    const number = await storeVersion(sql, locked, { checked, requester, restores: to });
    const detail = { version: number, restores: to, digest: checked.digest };
    await recordAudit(sql, { requester, action: "package.rollback", object: locked.id, detail });
    return number;
  });
}

function isNewest(to: number, newest: number): SealrunError {
  const sentence =
    to === newest
      ? `Version ${to} is the newest one already; nothing was changed`
      : `Version ${newest}, the newest one, has the same files as version ${to}; nothing was changed`;
  return new SealrunError("ALREADY_EXISTS", sentence);
}
