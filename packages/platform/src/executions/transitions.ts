import type { Sql } from "@sealrun/postgres";
import type { ExecutionId, Failure } from "@sealrun/protocol";
import { type AttemptEnd, endAttempt } from "./attempt-store.ts";
import { stepEntry, systemLine } from "./feed-entries.ts";
import { appendFeed } from "../feed/feed-store.ts";
import { addToOutbox } from "../outbox/store.ts";
import { forgetParts } from "./set-parts-store.ts";
import { closeSteps, resetSteps } from "./step-store.ts";
import { markFinished, markRequeued } from "./store.ts";

/** The reason when an execution is cancelled after an executor claimed it and before a script started. */
export const cancelledUnstarted: Failure = {
  code: "CANCELLED",
  message: "It was cancelled before a script started",
};

/** Ends an execution whose scripts did not all finish, and closes its steps. The caller holds its row. */
export async function endUnfinished(
  sql: Sql,
  id: ExecutionId,
  end: { readonly status: "failed" | "lost" | "cancelled"; readonly error: Failure },
): Promise<void> {
  await markFinished(sql, id, { ...end, lastSequence: undefined });
  await forgetParts(sql, id);
  const closed = await closeSteps(sql, id, { succeeded: false, error: end.error });
  await appendFeed(sql, id, [...closed.map(stepEntry), { kind: "status", body: { status: end.status } }]);
}

/**
 * Ends an attempt and queues its execution again, under a new event; `line` tells people why. Output lines stay; steps
 * are reset. The caller holds the execution's row.
 */
export async function requeue(
  sql: Sql,
  ref: { readonly executionId: ExecutionId; readonly attempt: number },
  why: { readonly end: Exclude<AttemptEnd, "finished">; readonly line: string },
): Promise<void> {
  const id = ref.executionId;
  await endAttempt(sql, ref, why.end);
  await markRequeued(sql, id);
  await forgetParts(sql, id);
  const reset = await resetSteps(sql, id);
  await appendFeed(sql, id, [
    systemLine("warning", why.line),
    ...reset.map(stepEntry),
    { kind: "status", body: { status: "queued" } },
  ]);
  await addToOutbox(sql, id);
}
