import { crashPoint } from "@sealrun/faults";
import type { Database, Sql } from "@sealrun/postgres";
import {
  packageId,
  projectId,
  type ScopeKeyReply,
  type ScopeKeyRequest,
  type ScopeKeyStatement,
  SealrunError,
} from "@sealrun/protocol";
import { ensureScopeKey, type ScopeKeyDeps, stateKey } from "./scope-keys.ts";
import { findOwners, recordPackage, type StoredScopeKey } from "./store.ts";

/**
 * Gets or makes the key pair of a package, a project or the platform, and signs a statement of its public half. An
 * existing key is one statement to the database. `MALFORMED` for an owner that does not fit the scope, `FORBIDDEN` for a
 * package that is recorded under another project.
 */
export async function answerScopeKey(
  deps: ScopeKeyDeps & { readonly database: Database },
  request: ScopeKeyRequest,
): Promise<ScopeKeyReply> {
  checkOwner(deps, request);
  const known = await findKnown(deps.database, request);
  const statement = known === undefined ? await make(deps, request) : stateKey(deps, known);
  crashPoint("keyring.scope-key.after-commit");
  return { ok: true, statement };
}

/** The newest key of the owner; undefined when there is none, or the package is not recorded under its project. */
async function findKnown(
  sql: Sql,
  { scope, ownerId, projectId: asked }: ScopeKeyRequest,
): Promise<StoredScopeKey | undefined> {
  const found = await findOwners(sql, [{ scope, ownerId }]);
  const own = scope === "service" ? found.filter((owner) => owner.projectId === asked) : found;
  return own.flatMap(({ key }) => key ?? []).toSorted((a, b) => b.version - a.version)[0];
}

async function make(
  deps: ScopeKeyDeps & { readonly database: Database },
  { scope, ownerId, projectId: asked }: ScopeKeyRequest,
): Promise<ScopeKeyStatement> {
  return deps.database.transaction(async (sql) => {
    if (scope === "service" && asked !== undefined && (await recordPackage(sql, ownerId, asked)) !== asked) {
      throw new SealrunError("FORBIDDEN", `The package ${ownerId} is recorded under another project`);
    }
    const stated = await ensureScopeKey(sql, deps, { scope, ownerId });
    crashPoint("keyring.scope-key.before-commit");
    return stated;
  });
}

function checkOwner({ platformId }: ScopeKeyDeps, { scope, ownerId, projectId: asked }: ScopeKeyRequest): void {
  switch (scope) {
    case "service":
      check(packageId.safeParse(ownerId).success, "a package's id at ownerId");
      return check(asked !== undefined, "the package's project at projectId");
    case "project":
      return check(projectId.safeParse(ownerId).success, "a project's id at ownerId");
    case "platform":
      return check(ownerId === platformId, "this platform's id at ownerId");
  }
}

function check(isSo: boolean, what: string): void {
  if (!isSo) throw new SealrunError("MALFORMED", `Expected ${what}`);
}
