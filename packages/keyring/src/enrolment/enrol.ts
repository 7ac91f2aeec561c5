import {
  checkEnrolmentProof,
  enrolmentContext,
  fromBase64,
  type Identity,
  openFrame,
  openWithKey,
  equalBytes,
  sealTo,
  type SymmetricKey,
  toBase64,
  wipe,
} from "@sealrun/crypto";
import type { Database, Sql } from "@sealrun/postgres";
import {
  decode,
  encodeJson,
  enrolPath,
  type EnrolReply,
  type EnrolRequest,
  enrolRequest,
  limits,
  type PlatformId,
  SealrunError,
} from "@sealrun/protocol";
import { crashPoint } from "@sealrun/faults";
import { recordAudit } from "../audit/store.ts";
import { tokenContext } from "./issue-token.ts";
import type { NatsAccess } from "./nats-access.ts";
import { addExecutor, lockExecutor, lockToken, type StoredToken } from "./store.ts";

/** What enrolling an executor needs. */
export interface EnrolDeps {
  readonly database: Database;
  readonly rootKey: SymmetricKey;
  readonly identity: Identity;
  readonly platformId: PlatformId;
  readonly platformSignPublic: Uint8Array;
  readonly natsAccess: NatsAccess;
}

/**
 * Adds an executor to the list. Its frame is signed with its own new key and proves the token and both keys.
 * `ENROLMENT_REFUSED` for a token that is wrong, expired or used by another executor; the executor that used it gets
 * its answer again. The credentials in the answer are sealed to it.
 */
export async function enrol(deps: EnrolDeps, frame: Uint8Array): Promise<EnrolReply> {
  const request = openRequest(frame);
  const token = await deps.database.transaction(async (sql) => accept(sql, deps, request));
  crashPoint("keyring.enrol.after-commit");
  const context = enrolmentContext({ enrolmentId: request.tokenId, executorId: request.executorId });
  const { credentials } = await deps.natsAccess.credentialsFor(request.executorId, token.poolId);
  return {
    ok: true,
    executorId: request.executorId,
    signPublic: request.signPublic,
    boxPublic: request.boxPublic,
    pool: { id: token.poolId, name: token.poolName },
    projects: token.projects,
    platform: { id: deps.platformId, signPublic: toBase64(deps.platformSignPublic) },
    keyring: { signPublic: toBase64(deps.identity.signPublic) },
    credentials: toBase64(sealTo(fromBase64(request.boxPublic), context, encodeJson(credentials))),
  };
}

/** The request, signed by the key inside it: that proves only the signing key so far. */
function openRequest(frame: Uint8Array): EnrolRequest {
  const opened = openFrame(frame, {
    findKey: (sender, unverifiedBody) => {
      const stated = decode(enrolRequest, unverifiedBody);
      return stated.executorId === sender ? fromBase64(stated.signPublic) : undefined;
    },
    expect: { kind: "enrol.request", subject: enrolPath },
    now: Date.now(),
    maxAgeMs: limits.requestLifetimeMs,
    maxSkewMs: limits.clockSkewMs,
  });
  return decode(enrolRequest, opened.body);
}

async function accept(sql: Sql, deps: EnrolDeps, request: EnrolRequest): Promise<StoredToken> {
  const token = await lockToken(sql, request.tokenId);
  // The same message for an unknown token and a wrong proof: it must not reveal which ids exist.
  if (token === undefined || !isProven(deps, request, token)) {
    throw new SealrunError("ENROLMENT_REFUSED", "The enrolment token is not from this keyring; make a new one");
  }
  if (token.executorId === null) await addNew(sql, request, token);
  else await checkSame(sql, request, token);
  await recordAudit(sql, {
    action: "enrol",
    executorId: request.executorId,
    detail: { token: request.tokenId, pool: token.poolName, projects: token.projects },
  });
  crashPoint("keyring.enrol.before-commit");
  return token;
}

function isProven(deps: EnrolDeps, request: EnrolRequest, token: StoredToken): boolean {
  const digest = openWithKey(deps.rootKey, tokenContext(request.tokenId), token.sealedDigest);
  const claim = {
    tokenId: request.tokenId,
    executorId: request.executorId,
    signPublic: fromBase64(request.signPublic),
    boxPublic: fromBase64(request.boxPublic),
  };
  try {
    return checkEnrolmentProof(fromBase64(request.proof), claim, digest, deps.identity.box.privateKey);
  } finally {
    wipe(digest);
  }
}

async function addNew(sql: Sql, request: EnrolRequest, token: StoredToken): Promise<void> {
  if (token.isExpired) {
    throw new SealrunError("ENROLMENT_REFUSED", "The enrolment token has expired; make a new one");
  }
  const isAdded = await addExecutor(sql, {
    id: request.executorId,
    signPublic: fromBase64(request.signPublic),
    boxPublic: fromBase64(request.boxPublic),
    tokenId: request.tokenId,
  });
  if (isAdded) return;
  throw new SealrunError("ENROLMENT_REFUSED", "An executor with this id or one of these keys is enrolled already");
}

async function checkSame(sql: Sql, request: EnrolRequest, token: StoredToken): Promise<void> {
  const executor = token.executorId === request.executorId ? await lockExecutor(sql, request.executorId) : undefined;
  const isSame =
    executor !== undefined &&
    equalBytes(executor.signPublic, fromBase64(request.signPublic)) &&
    equalBytes(executor.boxPublic, fromBase64(request.boxPublic));
  if (!isSame) throw new SealrunError("ENROLMENT_REFUSED", "The enrolment token was used already; make a new one");
  if (executor.isRevoked) throw new SealrunError("NOT_ENROLLED", "This executor was revoked");
}
