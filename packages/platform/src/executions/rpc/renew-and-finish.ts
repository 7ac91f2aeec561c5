import {
  decode,
  finishRequest,
  type FinishRequest,
  limits,
  type RenewReply,
  renewRequest,
  SealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../../audit/store.ts";
import { noteSeen } from "../../executors/store.ts";
import { isAttemptOf, renewLease } from "../attempt-store.ts";
import { appendFeed } from "../feed-store.ts";
import { closeIfComplete } from "../reports/close-if-complete.ts";
import { forgetParts } from "../set-parts-store.ts";
import { lockExecution, markFinished } from "../store.ts";
import { askerOf, type ExecutorRequest, type RpcDeps } from "./request.ts";

/** Renews a lease that is held; `LEASE_LOST` otherwise. */
export async function answerRenew({ database }: RpcDeps, request: ExecutorRequest): Promise<RenewReply> {
  const holder = { ...decode(renewRequest, request.body), executorId: request.executorId };
  if (!(await renewLease(database, holder))) throw new SealrunError("LEASE_LOST", "");
  await noteSeen(database, request.executorId);
  return { ok: true, leaseMs: limits.leaseMs };
}

/**
 * Ends an execution for the attempt that has it. Said again by the same attempt, it is answered again; anybody else
 * gets `LEASE_LOST`, and so does an attempt that the sweeper has ended.
 */
export async function answerFinish({ database }: RpcDeps, request: ExecutorRequest): Promise<{ readonly ok: true }> {
  const asked = decode(finishRequest, request.body);
  const holder = { ...asked, executorId: request.executorId };
  await database.transaction(async (sql) => {
    const execution = await lockExecution(sql, asked.executionId);
    if (execution.attempt !== asked.attempt || !(await isAttemptOf(sql, holder))) {
      throw new SealrunError("LEASE_LOST", "");
    }
    if (execution.status !== "running") {
      if (isRepeated(execution, asked)) return;
      throw new SealrunError("LEASE_LOST", "");
    }
    await markFinished(sql, execution.id, {
      status: asked.status,
      error: asked.error,
      lastSequence: asked.lastSequence,
    });
    await forgetParts(sql, execution.id);
    await appendFeed(sql, execution.id, [{ kind: "status", body: { status: asked.status } }]);
    await closeIfComplete(sql, execution.id);
    const detail = { attempt: asked.attempt, status: asked.status };
    await recordAudit(sql, { asker: askerOf(request), action: "execution.finish", object: execution.id, detail });
  });
  return { ok: true };
}

function isRepeated(
  execution: { readonly status: string; readonly lastSequence: number | null },
  asked: FinishRequest,
): boolean {
  return execution.status === asked.status && execution.lastSequence === asked.lastSequence;
}
