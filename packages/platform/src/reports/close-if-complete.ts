import type { Sql } from "@sealrun/postgres";
import type { ExecutionId } from "@sealrun/protocol";
import { appendFeed, type FeedEntry } from "../executions/feed-store.ts";
import { closeSteps } from "../executions/step-store.ts";
import { stepEntry, systemLine } from "../executions/transitions.ts";
import { noteComplete } from "./gap-store.ts";

/** Closes the steps that an ended execution never reached, once all its reports are in. The caller holds its row. */
export async function closeIfComplete(sql: Sql, id: ExecutionId): Promise<void> {
  const completed = await noteComplete(sql, id);
  if (completed === undefined) return;
  const entries: FeedEntry[] = (await closeSteps(sql, id, { succeeded: false })).map(stepEntry);
  if (completed.hadGaps) entries.push(systemLine("info", "The missing reports of this run have arrived"));
  await appendFeed(sql, id, entries);
}
