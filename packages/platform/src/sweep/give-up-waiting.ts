import type { Sql } from "@sealrun/postgres";
import { limits, type AttemptRef } from "@sealrun/protocol";
import { appendFeed, settleFeed } from "../feed/feed-store.ts";
import { closeSteps } from "../executions/step-store.ts";
import { findProgress } from "../executions/progress-store.ts";
import { lockExecution, type LockedExecution } from "../executions/store.ts";
import { stepEntry, systemLine } from "../executions/feed-entries.ts";
import { applyChunks } from "../reports/apply-chunks.ts";
import { storeChanges } from "../reports/apply-report.ts";
import { readStates } from "../reports/report-store.ts";
import { describeGap } from "../executions/describe-gap.ts";
import { noteGaps } from "../reports/gap-store.ts";

/**
 * Shows the chunks that waited for missing ones before them. If they are the newest attempt's, closes the steps of the
 * execution, which has ended and says from then on that reports are missing; true when that is new. Chunks that come
 * later are still stored.
 */
export async function giveUpWaiting(sql: Sql, of: AttemptRef): Promise<boolean> {
  const id = of.executionId;
  const execution = await lockExecution(sql, id);
  const states = await readStates(sql, [{ ...of, sequences: [] }]);
  const waiting = states.map((state) => applyChunks(state, { chunks: [], overGaps: true }));
  await storeChanges(sql, waiting);
  // What an earlier attempt misses says nothing of the newest, whose reports may still come.
  if (of.attempt !== execution.attempt || !(await noteGaps(sql, id))) return false;
  await closeWithGap(sql, execution);
  return true;
}

async function closeWithGap(sql: Sql, { id, status }: LockedExecution): Promise<void> {
  const message = `The step's end was not reported within ${limits.reportsSilentMs / 1000} s after its run had ended`;
  const error = { code: "REPORTS_MISSING", message };
  const closed = await closeSteps(sql, id, { succeeded: status === "succeeded", error });
  const gap = describeGap(await findProgress(sql, id)) ?? "";
  await appendFeed(sql, id, [...closed.map(stepEntry), systemLine("warning", gap)]);
  await settleFeed(sql, id);
}
