import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import type { FinishedAttempt } from "@sealrun/protocol";
import { type LostExecution, readLosses } from "../executions/store.ts";
import { executorRequester, type ExecutorRequest } from "../executors/executor-request.ts";
import { applyChunks } from "../reports/apply-chunks.ts";
import { finishChanges, storeChanges } from "../reports/apply-report.ts";
import type { AttemptState } from "../reports/attempt-state.ts";
import { storeApplied } from "../reports/applied-store.ts";
import { isSameAttempt, lockStates } from "../reports/report-store.ts";
import { decideFate, rerunLost } from "../sweep/lose-attempt.ts";

/**
 * The answer to one end. Accepted now (`isNew`) or before: the chunks that are not stored yet. `mustAskAlone`: it was one of several
 * and its execution is locked, or the attempt is not the executor's; a request of its own waits for the lock and knows.
 */
export type FinishVerdict =
  | {
      readonly isAccepted: true;
      readonly isNew: boolean;
      /** The span that started the execution. */
      readonly trace: string | null;
      readonly missing: readonly number[];
    }
  | { readonly isAccepted: false; readonly mustAskAlone: boolean };

/**
 * Ends executions for their current attempts, with the last chunk of each that brings it; a verdict for each, in this
 * order; commits. Of an end that is not accepted only the chunk counts, if the attempt was this executor's. Each end is
 * of another execution; one of several whose execution is locked is left out. Call it inside a transaction.
 */
export async function finishAttempts(
  sql: Sql,
  request: Pick<ExecutorRequest, "executorId" | "requestId">,
  asked: readonly FinishedAttempt[],
): Promise<readonly FinishVerdict[]> {
  const chunksOf = ({ report }: FinishedAttempt) => (report === undefined ? [] : [report]);
  const held = await lockStates(
    sql,
    asked.map((end) => ({
      ...end,
      executorId: request.executorId,
      sequences: chunksOf(end).map(({ sequence }) => sequence),
      upTo: end.lastSequence,
    })),
    { skipLocked: asked.length > 1 },
  );
  const again = await findReruns(sql, asked);
  const judged = asked.map((end) => {
    const state = held.find((one) => isSameAttempt(one.state, end))?.state;
    if (state === undefined) return { end, kind: "not held" as const, applied: undefined, trace: null };
    const judgement = judge(state, end);
    const kind = judgement === "new" && again.some((one) => isLossOf(one, end)) ? ("rerun" as const) : judgement;
    // What a lost attempt reported has happened, even if its end does not count.
    return {
      end,
      kind,
      trace: state.trace,
      applied: applyChunks(state, { chunks: chunksOf(end), end: kind === "new" ? end : undefined }),
    };
  });
  const applied = judged.flatMap((one) => one.applied ?? []);
  const ended = judged.flatMap(({ end, kind, applied }) =>
    kind === "new" && applied !== undefined
      ? [{ ...end, error: end.error, isComplete: applied.isComplete, requester: executorRequester(request) }]
      : [],
  );
  const reruns = judged.flatMap(({ end, kind }) => (kind === "rerun" ? again.filter((one) => isLossOf(one, end)) : []));
  if (reruns.length > 0) {
    await storeChanges(sql, applied, ended);
    for (const loss of reruns) await rerunLost(sql, loss);
  } else {
    await finishChanges(sql, applied, async () => {
      const written = storeApplied(sql, applied, ended);
      crashPoint("platform.finish.before-commit");
      await written;
    });
  }
  return judged.map(({ kind, trace, applied }) =>
    kind === "refused" || kind === "not held"
      ? { isAccepted: false, mustAskAlone: kind === "not held" && asked.length > 1 }
      : { isAccepted: true, isNew: kind === "new", trace, missing: applied?.missing ?? [] },
  );
}

/** Executions that their executors lost with a worker and that may run again; only such an end costs a statement. */
async function findReruns(sql: Sql, asked: readonly FinishedAttempt[]): Promise<readonly LostExecution[]> {
  const lost = asked.filter(({ error }) => error?.code === "WORKER_LOST");
  if (lost.length === 0) return [];
  const losses = await readLosses(
    sql,
    lost.map(({ executionId }) => executionId),
  );
  return losses.filter((loss) => decideFate(loss) === "rerun");
}

function isLossOf(loss: LostExecution, { executionId, attempt }: FinishedAttempt): boolean {
  return loss.id === executionId && loss.attempt === attempt;
}

/** Only the current attempt ends an execution, and only once; the same end again gets the same answer. */
function judge(state: AttemptState, end: FinishedAttempt): "new" | "repeated" | "refused" {
  if (!state.isCurrent) return "refused";
  if (state.status === "running") return "new";
  return state.status === end.status && state.lastSequence === end.lastSequence ? "repeated" : "refused";
}
