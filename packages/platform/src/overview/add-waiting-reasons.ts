import type { Sql } from "@sealrun/postgres";
import type { ExecutionSummary } from "@sealrun/protocol";
import type { ListedExecution } from "./execution-list-store.ts";
import { explainWaiting } from "./waiting.ts";
import { findWaitingFacts } from "./waiting-store.ts";

/**
 * Executions as lists show them, with the reason why each queued one waits. The number of statements does not grow with
 * the list.
 */
export async function addWaitingReasons(sql: Sql, rows: readonly ListedExecution[]): Promise<ExecutionSummary[]> {
  const queued = rows.filter(({ status }) => status === "queued").map(({ id }) => id);
  const facts = queued.length === 0 ? [] : await findWaitingFacts(sql, queued);
  const waiting = new Map(facts.map((found) => [found.id, explainWaiting(found)]));
  return rows.map(({ number: _number, ...row }) => ({ ...row, waiting: waiting.get(row.id) ?? null }));
}
