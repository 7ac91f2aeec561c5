import { createBatchSealer, secretContext, wipe } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { encodeJson, parseSecretDocument, SealrunError, type SecretName, showNames } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import type { Project } from "../projects/store.ts";
import { fetchScopeKey, type Place, type ScopeKey } from "../secrets/scope-key.ts";
import { type IncomingSecret, type SealedValue, sealIncoming } from "../secrets/sealed-value.ts";
import { listSecrets, storeSecrets } from "../secrets/store.ts";
import type { CheckedVersion } from "../packages/checked-version.ts";
import { checkContent } from "./check-content.ts";
import { checkAnnounced } from "./check-upload.ts";
import type { Upload } from "./read-upload.ts";
import { refuseArchived } from "../packages/refuse-archived.ts";
import { lockPackage, type Package } from "../packages/store.ts";
import { findLastPush } from "../packages/version-store.ts";
import { storeVersion } from "./store-version.ts";

type PushDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId" | "storageKey" | "maxLimits">;

/** What a push did. */
export interface Pushed {
  readonly number: number;
  readonly stored: readonly string[];
  readonly kept: readonly string[];
  readonly sealedAtBoundary: boolean;
}

/** Where a push goes, and its requester. */
export interface PushTarget {
  readonly project: Project;
  readonly package: Package;
  readonly requester: Requester;
}

/**
 * Checks the whole upload, then stores version and secrets in one transaction. Fails with the codes of the documents,
 * `ARCHIVED`, `PACKAGE_INVALID`, `NETWORK_NOT_ENFORCED`, `LIMIT_NOT_ALLOWED`, `SECRET_CHANGED`, `KEY_CHANGED`, and as `sealIncoming`.
 * Wipes a plain secrets.json.
 */
export async function push(deps: PushDeps, target: PushTarget, upload: Upload): Promise<Pushed> {
  try {
    refuseArchived(target.project, target.package);
    const checked = await checkContent(deps, target.project, upload.files);
    if (upload.announced !== undefined) checkAnnounced(upload.files, upload.announced.files);
    const place: Place = { scope: "service", ownerId: target.package.id, projectId: target.project.id };
    const key = await fetchScopeKey(deps, place);
    const values = sealIncoming(deps, place, key, upload.announced?.secrets ?? sealPlain(deps, place, key, upload));
    return await deps.database.transaction(async (sql) => store(sql, { target, place, checked, values, upload }));
  } finally {
    if (upload.secretsFile !== undefined) wipe(upload.secretsFile);
  }
}

/** Seals a plain secrets.json in memory, as the client would have. */
function sealPlain(
  deps: Pick<Deps, "platformId">,
  place: Place,
  key: ScopeKey,
  upload: Upload,
): readonly IncomingSecret[] {
  if (upload.secretsFile === undefined) return [];
  const entries = parseSecretDocument(upload.secretsFile);
  const sealer = createBatchSealer(key.publicKey);
  return [...entries].map(([name, { value }]) => {
    const plaintext = encodeJson(value);
    try {
      const context = secretContext({ platformId: deps.platformId, scope: place.scope, ownerId: place.ownerId, name });
      return { name, envelope: sealer.seal(context, plaintext) };
    } finally {
      wipe(plaintext);
    }
  });
}

interface CheckedPush {
  readonly target: PushTarget;
  readonly place: Place;
  readonly checked: CheckedVersion;
  readonly values: readonly SealedValue[];
  readonly upload: Upload;
}

async function store(sql: Sql, { target, place, checked, values, upload }: CheckedPush): Promise<Pushed> {
  const locked = await lockPackage(sql, target.package.id);
  refuseArchived(target.project, locked);
  const names = values.map(({ name }) => name);
  const before = await listSecrets(sql, place);
  if (!upload.overwrite) await refuseChanged(sql, locked, before, names);
  const { requester } = target;
  const number = await storeVersion(sql, locked, { checked, requester });
  const sealedAtBoundary = upload.secretsFile !== undefined;
  const { name: author } = requester;
  await storeSecrets(sql, { place, values, author, source: sealedAtBoundary ? "boundary" : "push" });
  const detail = { version: number, digest: checked.digest, secrets: names, sealedAtBoundary };
  await recordAudit(sql, { requester, action: "package.push", object: locked.id, detail });
  const pushed = new Set<string>(names);
  const kept = before.map(({ name }) => name).filter((name) => !pushed.has(name));
  return { number, stored: names, kept, sealedAtBoundary };
}

/** A push must not silently replace what a person or a script set on the platform since the last push. */
async function refuseChanged(
  sql: Sql,
  locked: Package,
  before: Awaited<ReturnType<typeof listSecrets>>,
  names: readonly SecretName[],
): Promise<void> {
  const lastPush = await findLastPush(sql, locked.id);
  if (lastPush === undefined) return;
  const pushed = new Set<string>(names);
  const changed = before.filter(
    (secret) =>
      pushed.has(secret.name) &&
      secret.source !== "push" &&
      secret.source !== "boundary" &&
      secret.updatedAt > lastPush,
  );
  if (changed.length === 0) return;
  throw new SealrunError(
    "SECRET_CHANGED",
    `Changed on the platform since the last push: ${showNames(changed.map(({ name }) => name))}. Push with overwrite to replace them, or remove them from secrets.json`,
  );
}
