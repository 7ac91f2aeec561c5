import { crashPoint } from "@sealrun/faults";
import type { Database, Sql } from "@sealrun/postgres";
import { packageId, projectId, type ScopeKeyReply, type ScopeKeyRequest, SealrunError } from "@sealrun/protocol";
import { ensureScopeKey, type ScopeKeyDeps } from "./scope-keys.ts";
import { recordPackage } from "./store.ts";

/**
 * Gets or makes the key pair of a package, a project or the platform, and signs a statement of its public half.
 * `MALFORMED` for an owner that does not fit the scope, `FORBIDDEN` for a package that is recorded under another
 * project.
 */
export async function answerScopeKey(
  deps: ScopeKeyDeps & { readonly database: Database },
  request: ScopeKeyRequest,
): Promise<ScopeKeyReply> {
  const { scope, ownerId } = request;
  const statement = await deps.database.transaction(async (sql) => {
    if (scope === "service") await checkPackage(sql, request);
    else if (scope === "project") check(projectId.safeParse(ownerId).success, "a project's id at ownerId");
    else check(ownerId === deps.platformId, "this platform's id at ownerId");
    const stated = await ensureScopeKey(sql, deps, { scope, ownerId });
    crashPoint("keyring.scope-key.before-commit");
    return stated;
  });
  crashPoint("keyring.scope-key.after-commit");
  return { ok: true, statement };
}

async function checkPackage(sql: Sql, request: ScopeKeyRequest): Promise<void> {
  check(packageId.safeParse(request.ownerId).success, "a package's id at ownerId");
  if (request.projectId === undefined)
    throw new SealrunError("MALFORMED", "Expected the package's project at projectId");
  if ((await recordPackage(sql, request.ownerId, request.projectId)) === request.projectId) return;
  throw new SealrunError("FORBIDDEN", `The package ${request.ownerId} is recorded under another project`);
}

function check(isSo: boolean, what: string): void {
  if (!isSo) throw new SealrunError("MALFORMED", `Expected ${what}`);
}
