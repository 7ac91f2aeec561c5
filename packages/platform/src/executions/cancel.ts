import { newId, signFrame } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import {
  type ControlOrder,
  encodeJson,
  type ExecutionId,
  type ExecutionStatus,
  type ExecutorId,
  isFinal,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import { endAttempt } from "./attempt-store.ts";
import { removeFromOutbox } from "../outbox/store.ts";
import { lockExecution, requestCancel } from "./store.ts";
import { endUnfinished } from "./transitions.ts";

const cancelledCode = "CANCELLED";

type CancelDeps = Pick<Deps, "database" | "link" | "identity" | "log" | "metrics">;

/**
 * Ends a queued execution at once, and tells the executor of a running one to end it; returns its new status. A
 * repeated cancel gets the same answer. `EXECUTION_ENDED` when it ended otherwise.
 */
export async function cancelExecution(
  deps: CancelDeps,
  id: ExecutionId,
  requester: Requester,
): Promise<ExecutionStatus> {
  const { status, tell, isNew } = await deps.database.transaction(async (sql) => {
    const execution = await lockExecution(sql, id);
    if (execution.status === "cancelled") return { status: execution.status, tell: undefined, isNew: false };
    if (isFinal(execution.status)) {
      throw new SealrunError(
        "EXECUTION_ENDED",
        `The execution ${id} is ${execution.status} already, so there is nothing to cancel`,
      );
    }
    await requestCancel(sql, id);
    await recordAudit(sql, { requester, action: "execution.cancel", object: id, detail: { status: execution.status } });
    if (execution.status === "running") return { status: execution.status, tell: execution, isNew: false };
    await removeFromOutbox(sql, id);
    await endAttempt(sql, { executionId: id, attempt: execution.attempt }, "given-back");
    const message = "It was cancelled while it waited for an executor";
    await endUnfinished(sql, id, { status: "cancelled", error: { code: cancelledCode, message } });
    return { status: "cancelled" as const, tell: undefined, isNew: true };
  });
  crashPoint("platform.cancel.after-commit");
  if (isNew) deps.metrics?.ended({ status, code: cancelledCode });
  if (tell !== undefined && tell.executorId !== null) {
    sendOrder(deps, tell.executorId, { kind: "cancel", executionId: id, attempt: tell.attempt });
  }
  return status;
}

/** Only a hint that makes the cancel fast: an executor that misses it learns of the cancel at its next renewal. */
function sendOrder(deps: CancelDeps, executor: ExecutorId, order: ControlOrder): void {
  const subject = subjects.control(executor);
  const header = {
    v: 1,
    kind: "control",
    subject,
    sender: deps.identity.id,
    requestId: newId("request"),
    time: Date.now(),
  } as const;
  try {
    deps.link.connection.publish(subject, signFrame(deps.identity, header, encodeJson(order)));
  } catch (error) {
    deps.log.warn(
      { err: error, executionId: order.executionId },
      "The executor could not be told of a cancel; it learns of it at its next lease renewal",
    );
  }
}
