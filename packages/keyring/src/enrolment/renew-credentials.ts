import { credentialsContext, newId, openFrame, readUnverifiedHeader, sealTo, toBase64 } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import {
  credentialsPath,
  credentialsRequest,
  type CredentialsReply,
  decode,
  encodeJson,
  limits,
  SealrunError,
} from "@sealrun/protocol";
import type { Sql } from "@sealrun/postgres";
import { forgetAnswered, noteAnswered } from "../answered-frames/store.ts";
import { recordAudit } from "../audit/store.ts";
import type { EnrolDeps } from "./enrol.ts";
import { lockExecutor, type StoredExecutor } from "./store.ts";

/**
 * New NATS credentials for an enrolled executor, sealed to it and bound to its request. `NOT_ENROLLED` for an unknown
 * or revoked executor, `REPLAYED` for a frame that was answered before, else the codes of `openFrame`.
 */
export async function renewCredentials(
  deps: Pick<EnrolDeps, "database" | "platformId" | "natsAccess">,
  frame: Uint8Array,
): Promise<CredentialsReply> {
  const { executor, requestId } = await deps.database.transaction(async (sql) => accept(sql, frame));
  const { credentials, expiresAt } = await deps.natsAccess.credentialsFor(executor.id, executor.poolId);
  const context = credentialsContext({ platformId: deps.platformId, executorId: executor.id, requestId });
  crashPoint("keyring.credentials.before-reply");
  return {
    ok: true,
    executorId: executor.id,
    credentials: toBase64(sealTo(executor.boxPublic, context, encodeJson(credentials))),
    expiresAt,
  };
}

async function accept(
  sql: Sql,
  frame: Uint8Array,
): Promise<{ readonly executor: StoredExecutor; readonly requestId: string }> {
  const { sender } = readUnverifiedHeader(frame);
  const executor = await lockExecutor(sql, sender);
  if (executor === undefined || executor.isRevoked)
    throw new SealrunError("NOT_ENROLLED", "This executor is not enrolled, or was revoked");
  const opened = openFrame(frame, {
    findKey: (id) => (id === executor.id ? executor.signPublic : undefined),
    expect: { kind: "credentials.request", subject: credentialsPath },
    now: Date.now(),
    maxAgeMs: limits.requestLifetimeMs,
    maxSkewMs: limits.clockSkewMs,
  });
  const { executorId } = decode(credentialsRequest, opened.body);
  if (executorId !== executor.id)
    throw new SealrunError("BAD_SIGNATURE", "An executor may ask only for its own credentials");
  const { requestId } = opened.header;
  if (await wasAnswered(sql, opened.digest)) throw new SealrunError("REPLAYED", "This request was already answered");
  await forgetAnswered(sql);
  await recordAudit(sql, { action: "credentials", executorId: executor.id, detail: { requestId } });
  return { executor, requestId };
}

/** True when the frame was answered before: each answer notes a new id, so a second note differs. */
async function wasAnswered(sql: Sql, digest: string): Promise<boolean> {
  return !(await noteAnswered(sql, digest, newId("request")));
}
