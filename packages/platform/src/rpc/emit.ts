import { crashPoint } from "@sealrun/faults";
import { decodeOfAttempt, type EmitReply, emitRequest } from "@sealrun/protocol";
import { acceptEvent } from "../events/accept-event.ts";
import { readSealedParameters } from "../secrets/read-sealed.ts";
import { fetchScopeKey } from "../secrets/scope-key.ts";
import { findLiveAttempt, lockLiveAttempt } from "../executions/attempt-store.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";

/**
 * Accepts an event that a script sent; the executions that it starts are committed before the answer. The same id sent
 * again gets the same answer. `LEASE_LOST`, `KEY_CHANGED`, `VALUE_TOO_LARGE`, and as `acceptEvent`.
 */
export async function answerEmit(deps: RpcDeps, request: ExecutorRequest): Promise<EmitReply> {
  const asked = decodeOfAttempt(emitRequest, request);
  const claimed = { ...asked, executorId: request.executorId };
  const { projectId } = await findLiveAttempt(deps.database, claimed);
  const data =
    asked.data === undefined
      ? undefined
      : readSealedParameters(
          await fetchScopeKey(deps, { scope: "project", ownerId: projectId }),
          asked.data,
          "the data",
        );
  const { id, type, source, referenceId, executionId } = asked;
  const span = deps.tracer?.begin("sealrun.event");
  const requester = { name: `execution ${executionId}`, requestId: request.requestId };
  const sent = await deps.database.transaction(async (sql) => {
    await lockLiveAttempt(sql, claimed);
    const event = { id, projectId, type, source, referenceId, data, executionId, requester, trace: span?.context };
    return acceptEvent(deps, sql, event);
  });
  crashPoint("platform.emit.after-commit");
  span?.end({ "sealrun.event.id": id, "sealrun.execution.id": executionId });
  return { ok: true, ...sent };
}
