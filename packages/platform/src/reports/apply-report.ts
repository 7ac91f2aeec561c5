import type { Sql } from "@sealrun/postgres";
import { limits, type Report, type ReportItem, type AttemptRef } from "@sealrun/protocol";
import { appendFeed, type FeedEntry } from "../executions/feed-store.ts";
import { endStep, listSteps, noteTry, smallInteger, startStep, type StoredStep } from "../executions/step-store.ts";
import { lockExecution } from "../executions/store.ts";
import { stepEntry } from "../executions/transitions.ts";
import { closeIfComplete } from "./close-if-complete.ts";
import { addReceipts, isNewest, keepChunk, readTime, takeChunks } from "./report-store.ts";

/**
 * Stores chunks of one attempt and appends to the feed those without a gap before them. A repeated chunk changes
 * nothing. For an attempt that was put back, or whose execution has a newer attempt, lines and reads count and steps do
 * not. Call it inside a transaction.
 */
export async function applyReports(
  sql: Sql,
  of: AttemptRef,
  reports: readonly Pick<Report, "sequence" | "items">[],
): Promise<void> {
  const execution = await lockExecution(sql, of.executionId);
  let hasNew = false;
  for (const { sequence, items } of reports) hasNew = (await keepChunk(sql, of, sequence, items)) || hasNew;
  // Once reports count as missing, later chunks are shown at once.
  const overGaps = execution.reports === "gaps";
  if (hasNew) await applyWaiting(sql, of, { overGaps, isEarlier: !(await isNewest(sql, of)) });
}

/**
 * Appends waiting chunks to the feed; the caller holds the execution. An earlier attempt does not change steps: they
 * belong to the newest attempt, which started them again.
 */
export async function applyWaiting(
  sql: Sql,
  of: AttemptRef,
  options: { readonly overGaps: boolean; readonly isEarlier: boolean },
): Promise<void> {
  const items = await takeChunks(sql, of, options);
  if (items.length === 0) return;
  const id = of.executionId;
  const steps = await listSteps(sql, id);
  const entries: FeedEntry[] = [];
  const reads: Extract<ReportItem, { type: "read" }>[] = [];
  for (const item of items) {
    // Ignore steps that the execution does not have.
    if (item.step !== null && steps[item.step] === undefined) continue;
    if (options.isEarlier && item.type.startsWith("step-")) continue;
    switch (item.type) {
      case "log":
        entries.push(logEntry(item, steps));
        break;
      case "read":
        reads.push(item);
        break;
      case "step-started": {
        const started = await startStep(sql, id, item.step, readTime(item.time));
        if (started?.status === "running") entries.push(stepEntry(started));
        await noteTry(sql, id, item.step, smallInteger(item.try ?? 1) ?? 1);
        break;
      }
      case "step-finished": {
        const ended = await endStep(sql, id, item.step, { ...item, exitCode: smallInteger(item.exitCode) });
        if (ended !== undefined) entries.push(stepEntry(ended));
        break;
      }
    }
  }
  await appendFeed(sql, id, entries);
  await addReceipts(sql, of, reads);
  await closeIfComplete(sql, id);
}

function logEntry(item: Extract<ReportItem, { type: "log" }>, steps: readonly StoredStep[]): FeedEntry {
  const { step, stream, level, text, time } = item;
  return {
    kind: "log",
    step,
    stream,
    body: {
      step: step === null ? null : (steps[step]?.name ?? null),
      level: level ?? null,
      text: text.slice(0, 2 * limits.logLineBytes),
      time: readTime(time).toISOString(),
    },
  };
}
