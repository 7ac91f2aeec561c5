import { crashPoint } from "@sealrun/faults";
import { decodeOfAttempt, type EmitReply, emitRequest, type SentEvent } from "@sealrun/protocol";
import { inSpan } from "@sealrun/telemetry";
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
  const { projectId, trace } = await findLiveAttempt(deps.database, claimed);
  const { id, type, source, referenceId, executionId } = asked;
  // The executions that it starts are part of the trace of the one that sends it.
  const span = deps.tracer?.begin("sealrun.event", trace ?? undefined);
  const requester = { name: `execution ${executionId}`, requestId: request.requestId };
  const accept = async (): Promise<SentEvent> => {
    const data =
      asked.data === undefined
        ? undefined
        : readSealedParameters(
            await fetchScopeKey(deps, { scope: "project", ownerId: projectId }),
            asked.data,
            "the data",
          );
    return deps.database.transaction(async (sql) => {
      await lockLiveAttempt(sql, claimed);
      const event = { id, projectId, type, source, referenceId, data, executionId, requester, trace: span?.context };
      return acceptEvent(deps, sql, event);
    });
  };
  const sent = await inSpan(span, accept, () => ({ "sealrun.event.id": id, "sealrun.execution.id": executionId }));
  crashPoint("platform.emit.after-commit");
  return { ok: true, ...sent };
}
