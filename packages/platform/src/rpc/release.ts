import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import {
  countOf,
  decodeOfAttempt,
  type ReleaseReply,
  releaseRequest,
  type ReleaseRequest,
  SealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { noteSeen } from "../executors/store.ts";
import { readReleases, endAttempt, isAttemptOf, isReleased, noteReason } from "../executions/attempt-store.ts";
import { delayInOutbox } from "../outbox/store.ts";
import { lockExecution } from "../executions/store.ts";
import { cancelledUnstarted, endUnfinished, requeue } from "../executions/transitions.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";

/**
 * After the first release another executor can take the execution almost at once; then the delay doubles up to the
 * maximum.
 */
const firstDelayMs = 1_000;
const maxDelayMs = 5 * 60_000;

/**
 * Ends an attempt before any script has started, because of a problem of its executor's machine, and queues its
 * execution again, or cancels it when that was requested. The attempt number is used up. The attempt does not count as
 * lost for `on_lost` and its limit. A repeated release gets the same answer; any other attempt or executor gets
 * `LEASE_LOST`.
 */
export async function answerRelease({ database, metrics }: RpcDeps, request: ExecutorRequest): Promise<ReleaseReply> {
  const asked = decodeOfAttempt(releaseRequest, request);
  const isEnded = await database.transaction(async (sql) => release(sql, request, asked));
  if (isEnded) metrics?.ended({ status: "cancelled", code: cancelledUnstarted.code });
  crashPoint("platform.release.after-commit");
  return { ok: true };
}

/** True when the execution has ended, because a cancel was requested. */
async function release(sql: Sql, request: ExecutorRequest, asked: ReleaseRequest): Promise<boolean> {
  const { executionId: id, attempt, reason } = asked;
  const claimed = { executionId: id, attempt, executorId: request.executorId };
  const execution = await lockExecution(sql, id);
  if (await isReleased(sql, claimed)) return false;
  const isCurrent =
    execution.status === "running" && execution.attempt === attempt && (await isAttemptOf(sql, claimed));
  if (!isCurrent) throw new SealrunError("LEASE_LOST", "");
  await noteReason(sql, claimed, reason);
  await noteSeen(sql, request.executorId);
  if (execution.isCancelRequested) {
    await endAttempt(sql, claimed, "released");
    await endUnfinished(sql, id, { status: "cancelled", error: cancelledUnstarted });
  } else {
    const why = `executor ${request.executorId} could not prepare it: ${reason.message} (${reason.code})`;
    const { count, lastReason } = await readReleases(sql, id);
    // A registry may be away for an hour: the log is for what scripts say.
    const isRepeated = lastReason?.code === reason.code && lastReason.message === reason.message;
    const told = isRepeated
      ? ` by executor ${request.executorId} for the same reason (${reason.code})`
      : `, because ${why}`;
    await requeue(sql, claimed, { end: "released", line: `Attempt ${attempt} is given back${told}` });
    const releases = count + 1;
    await delayInOutbox(sql, id, {
      forMs: Math.min(maxDelayMs, firstDelayMs * 2 ** (releases - 1)),
      refusal: `It was given back ${releases === 1 ? "once" : countOf(releases, "time")}, the last time because ${why}`,
    });
  }
  const detail = { attempt, code: reason.code };
  await recordAudit(sql, { requester: executorRequester(request), action: "execution.release", object: id, detail });
  return execution.isCancelRequested;
}
