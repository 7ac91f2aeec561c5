import { crashPoint } from "@sealrun/faults";
import {
  decode,
  type FinishReply,
  finishRequest,
  type FinishRequest,
  limits,
  type RenewReply,
  renewRequest,
  SealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { noteSeen } from "../executors/store.ts";
import { endAttempt, isAttemptOf, renewLease } from "../executions/attempt-store.ts";
import { appendFeed } from "../executions/feed-store.ts";
import { closeIfComplete } from "../reports/close-if-complete.ts";
import { listMissing } from "../reports/report-store.ts";
import { forgetParts } from "../executions/set-parts-store.ts";
import { endStepsEarly } from "../executions/step-store.ts";
import { lockExecution, markFinished } from "../executions/store.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";

/**
 * Renews the lease of an attempt that has not ended, and says whether a cancel was requested; `LEASE_LOST` otherwise.
 */
export async function answerRenew({ database }: RpcDeps, request: ExecutorRequest): Promise<RenewReply> {
  const claimed = { ...decode(renewRequest, request.body), executorId: request.executorId };
  const renewed = await renewLease(database, claimed);
  if (renewed === undefined) throw new SealrunError("LEASE_LOST", "");
  await noteSeen(database, request.executorId);
  crashPoint("platform.renew.after-commit");
  return { ok: true, leaseMs: limits.leaseMs, cancel: renewed.cancel };
}

/**
 * Ends an execution for its current attempt, even after the lease expired, if the attempt has not ended. A repeated
 * finish of the same attempt gets the same answer; any other attempt or executor gets `LEASE_LOST`, and so does an
 * attempt that the sweeper has ended. The answer lists report chunks that are not stored yet. Steps whose end is in
 * such a chunk end as the request says, so that no step of an ended execution stays `running`.
 */
export async function answerFinish({ database }: RpcDeps, request: ExecutorRequest): Promise<FinishReply> {
  const asked = decode(finishRequest, request.body);
  const claimed = { ...asked, executorId: request.executorId };
  const missing = await database.transaction(async (sql) => {
    const execution = await lockExecution(sql, asked.executionId);
    if (execution.attempt !== asked.attempt || !(await isAttemptOf(sql, claimed))) {
      throw new SealrunError("LEASE_LOST", "");
    }
    if (execution.status !== "running") {
      if (isRepeated(execution, asked)) return listMissing(sql, asked, asked.lastSequence);
      throw new SealrunError("LEASE_LOST", "");
    }
    await markFinished(sql, execution.id, {
      status: asked.status,
      error: asked.error,
      lastSequence: asked.lastSequence,
    });
    await endAttempt(sql, asked, "finished");
    const notStored = await listMissing(sql, asked, asked.lastSequence);
    if (notStored.length > 0 && asked.steps !== undefined) await endStepsEarly(sql, execution.id, asked.steps);
    await forgetParts(sql, execution.id);
    await appendFeed(sql, execution.id, [{ kind: "status", body: { status: asked.status } }]);
    await closeIfComplete(sql, execution.id);
    const detail = { attempt: asked.attempt, status: asked.status };
    await recordAudit(sql, {
      requester: executorRequester(request),
      action: "execution.finish",
      object: execution.id,
      detail,
    });
    crashPoint("platform.finish.before-commit");
    return notStored;
  });
  crashPoint("platform.finish.after-commit");
  return missing.length === 0 ? { ok: true } : { ok: true, missing: [...missing] };
}

function isRepeated(
  execution: { readonly status: string; readonly lastSequence: number | null },
  asked: FinishRequest,
): boolean {
  return execution.status === asked.status && execution.lastSequence === asked.lastSequence;
}
