import type { Sql } from "@sealrun/postgres";
import type { ExecutionId, Failure } from "@sealrun/protocol";
import { appendFeed, type FeedEntry } from "./feed-store.ts";
import { closeSteps, type StoredStep } from "./step-store.ts";
import { markFinished } from "./store.ts";

/** What a step's change looks like in the feed. */
export function stepEntry({ position, script, name, status, exitCode, durationMs }: StoredStep): FeedEntry {
  return { kind: "step", step: position, body: { script, name, status, exitCode, durationMs } };
}

/** Ends an execution that no script ran to its end: its steps are closed with it. The caller holds its row. */
export async function endUnfinished(
  sql: Sql,
  id: ExecutionId,
  end: { readonly status: "failed" | "lost"; readonly error: Failure },
): Promise<void> {
  await markFinished(sql, id, { ...end, lastSequence: undefined });
  const closed = await closeSteps(sql, id, end.error);
  await appendFeed(sql, id, [...closed.map(stepEntry), { kind: "status", body: { status: end.status } }]);
}
