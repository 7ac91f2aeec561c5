import { decodeOfAttempt, type ReportedReply, reportedRequest, SealrunError } from "@sealrun/protocol";
import { listMissing } from "../reports/report-store.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";

/**
 * Lists report chunks of an attempt that are not stored, whether the attempt has ended or not: its executor may delete
 * only stored chunks from its spool. `LEASE_LOST` when the attempt was never this executor's.
 */
export async function answerReported({ database }: RpcDeps, request: ExecutorRequest): Promise<ReportedReply> {
  const asked = decodeOfAttempt(reportedRequest, request);
  const missing = await listMissing(database, { ...asked, executorId: request.executorId }, asked.lastSequence);
  if (missing === undefined) throw new SealrunError("LEASE_LOST", "The attempt is not this executor's");
  return missing.length === 0 ? { ok: true } : { ok: true, missing: [...missing] };
}
