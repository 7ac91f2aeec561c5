import {
  eventDataContext,
  fromBase64,
  fromHex,
  grantContext,
  isToPublicKey,
  messageKey,
  readPrefix,
  sealTo,
  sharedSecret,
  toBase64,
  wipe,
} from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { Database, Sql } from "@sealrun/postgres";
import {
  claimRequest,
  decode,
  encodeJson,
  type Grant,
  type GrantReply,
  type GrantRequest,
  SealrunError,
  type SealingBatch,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import {
  ensureScopeKey,
  findOwnedKey,
  missingKey,
  type ScopeKeyDeps,
  type ScopeOwner,
  withPrivateKey,
} from "../scope-keys/scope-keys.ts";
import { findPackageProject, type StoredScopeKey } from "../scope-keys/store.ts";
import { checkProjectRight, type ExecutorFrame, openExecutorFrame } from "./executor-frame.ts";
import { addGrant, lockGrants } from "./store.ts";
import { forgetAnswered } from "../answered-frames/store.ts";

/** What answering for attempts needs. */
export interface AttemptDeps extends ScopeKeyDeps {
  readonly database: Database;
}

/**
 * Grants one attempt: the X25519 results of its sealing batches and the public keys it may seal with, boxed to the
 * executor that signed the claim. The grant and its audit row are committed before the answer. `NOT_ENROLLED`,
 * `NO_GRANT`, `REPLAYED`, `KEY_NOT_FOUND`, `LOW_ORDER_KEY`, and the codes of signed frames.
 */
export async function answerGrant(deps: AttemptDeps, request: GrantRequest): Promise<GrantReply> {
  const answer = await deps.database.transaction(async (sql) => {
    const claim = await openExecutorFrame(sql, request, "claim");
    const { executionId } = decode(claimRequest, claim.body);
    if (executionId !== request.executionId) {
      throw new SealrunError("NO_GRANT", `The executor claims ${executionId}, not ${request.executionId}`);
    }
    checkProjectRight(claim.executor, request.projectId);
    await checkPackage(sql, request);
    await recordGrant(sql, request, claim);
    await forgetAnswered(sql);
    const content = encodeJson(await makeGrant(sql, deps, request));
    await recordAudit(sql, {
      action: "grant",
      executorId: request.executorId,
      executionId,
      attempt: request.attempt,
      detail: { package: request.packageId, project: request.projectId, uploads: request.uploads.length },
    });
    const { attempt, executorId } = request;
    const context = grantContext({ platformId: deps.platformId, executionId, attempt, executorId });
    const grant = sealTo(claim.executor.boxPublic, context, content);
    wipe(content);
    crashPoint("keyring.grant.before-commit");
    return { ok: true as const, grant: toBase64(grant) };
  });
  crashPoint("keyring.grant.after-commit");
  return answer;
}

async function checkPackage(sql: Sql, request: GrantRequest): Promise<void> {
  const recorded = await findPackageProject(sql, request.packageId);
  if (recorded === request.projectId) return;
  if (recorded === undefined) throw missingKey(`the package ${request.packageId}`);
  throw new SealrunError(
    "NO_GRANT",
    `The package ${request.packageId} does not belong to the project ${request.projectId}`,
  );
}

/** The same claim of the same attempt may be sent again. A platform cannot turn one claim into two attempts. */
async function recordGrant(sql: Sql, request: GrantRequest, claim: ExecutorFrame): Promise<void> {
  const { executionId, attempt, executorId, packageId, projectId } = request;
  const { requestId } = claim.header;
  const grants = await lockGrants(sql, executionId);
  const known = grants.find((grant) => grant.attempt === attempt);
  if (known !== undefined) {
    const isSame =
      known.isLive && known.executorId === executorId && known.packageId === packageId && known.requestId === requestId;
    if (isSame) return;
    throw new SealrunError(
      "NO_GRANT",
      `Attempt ${attempt} of ${executionId} was granted to another claim or has ended`,
    );
  }
  if (request.endsAt <= Date.now()) throw new SealrunError("NO_GRANT", "The attempt has already ended");
  if (grants.some((grant) => grant.attempt > attempt)) {
    throw new SealrunError("NO_GRANT", `A later attempt of ${executionId} has already been granted`);
  }
  if (grants.some((grant) => grant.packageId !== packageId)) {
    throw new SealrunError("NO_GRANT", `The execution ${executionId} belongs to another package`);
  }
  const endsAt = new Date(request.endsAt);
  const isAdded = await addGrant(sql, { executionId, attempt, executorId, packageId, projectId, requestId, endsAt });
  if (!isAdded) throw new SealrunError("REPLAYED", "This claim was granted for another attempt");
}

async function makeGrant(sql: Sql, deps: AttemptDeps, request: GrantRequest): Promise<Grant> {
  const owner: ScopeOwner = { scope: "service", ownerId: request.packageId };
  const project: ScopeOwner = { scope: "project", ownerId: request.projectId };
  const uploads: Grant["uploads"] = [];
  for (const [keyId, references] of groupByKey(request.uploads.filter(({ eventData }) => eventData === undefined))) {
    const key = await findOwnedKey(sql, fromHex(keyId), owner);
    uploads.push(...withPrivateKey(deps, key, (privateKey) => openUploads(references, key, privateKey)));
  }
  const eventData = await openEventData(sql, deps, request);
  return {
    uploads,
    ...(eventData === undefined ? {} : { eventData }),
    keys: {
      service: await ensureScopeKey(sql, deps, owner),
      project: await ensureScopeKey(sql, deps, project),
      platform: await ensureScopeKey(sql, deps, { scope: "platform", ownerId: deps.platformId }),
    },
  };
}

/**
 * The message key of the event's data. An X25519 result would open every value of a sealing batch; this key is bound to
 * the context of an event's data, and opens nothing else, whatever the platform claims.
 */
async function openEventData(sql: Sql, deps: AttemptDeps, request: GrantRequest): Promise<Grant["eventData"]> {
  const [wanted, ...more] = request.uploads.flatMap(({ eventData }) => eventData ?? []);
  if (wanted === undefined) return undefined;
  if (more.length > 0)
    throw new SealrunError("NO_GRANT", "One event starts an execution, so the data of only one event can be opened");
  const { platformId } = deps;
  const { projectId } = request;
  const bytes = fromBase64(wanted.prefix);
  const prefix = readPrefix(bytes);
  if (!isToPublicKey(prefix)) throw new SealrunError("WRONG_KEY_OR_CONTEXT", "");
  const key = await findOwnedKey(sql, prefix.keyId, { scope: "project", ownerId: projectId });
  const context = eventDataContext({ platformId, projectId, eventId: wanted.id });
  return withPrivateKey(deps, key, (privateKey) => {
    const shared = sharedSecret(privateKey, prefix.ephemeral);
    const opening = messageKey(shared, key.public_key, context, bytes);
    try {
      return { id: wanted.id, key: toBase64(opening) };
    } finally {
      wipe(shared);
      wipe(opening);
    }
  });
}

function openUploads(
  references: readonly SealingBatch[],
  key: StoredScopeKey,
  privateKey: Uint8Array,
): Grant["uploads"] {
  return references.map(({ keyId, ephemeral }) => {
    const shared = sharedSecret(privateKey, fromBase64(ephemeral));
    const upload = { keyId, ephemeral, shared: toBase64(shared), recipient: toBase64(key.public_key) };
    wipe(shared);
    return upload;
  });
}

function groupByKey(uploads: readonly SealingBatch[]): ReadonlyMap<string, SealingBatch[]> {
  return Map.groupBy(uploads, (upload) => upload.keyId);
}
