import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { SealrunError } from "@sealrun/protocol";
import type { ClaimedAttempt } from "../executions/attempt-store.ts";
import { settleFeed } from "../feed/feed-store.ts";
import { type AppliedChunks, applyChunks } from "./apply-chunks.ts";
import type { Chunk } from "./attempt-state.ts";
import { type ReportedEnd, storeApplied } from "./applied-store.ts";
import { storeConnected } from "./connected-store.ts";
import { type HeldAttempt, lockStates } from "./report-store.ts";

/** Chunks of an attempt, and the executor that sent them. */
export interface AttemptReports extends ClaimedAttempt {
  readonly chunks: readonly Chunk[];
}

/** Stores chunks of one attempt and commits; `LEASE_LOST` when it was never this executor's. Call it inside a transaction. */
export async function applyReports(sql: Sql, given: AttemptReports): Promise<void> {
  const held = await lockStates(sql, [queryOf(given)]);
  if (held.length === 0) throw new SealrunError("LEASE_LOST", "The attempt is not this executor's");
  await applyHeld(sql, held);
}

/**
 * Stores chunks of several attempts and commits, without waiting for a lock; returns those that it stored. The others
 * must be stored one by one, which says why one cannot be. Call it inside a transaction.
 */
export async function applyReportsOfMany<T extends AttemptReports>(
  sql: Sql,
  given: readonly T[],
): Promise<readonly T[]> {
  const held = await lockStates(sql, given.map(queryOf), { skipLocked: true });
  await applyHeld(sql, held);
  return held.map(({ asked }) => asked.given);
}

function queryOf<T extends AttemptReports>(given: T) {
  const { executionId, attempt, executorId, chunks } = given;
  return { executionId, attempt, executorId, sequences: chunks.map(({ sequence }) => sequence), given };
}

async function applyHeld(sql: Sql, held: readonly HeldAttempt<{ readonly given: AttemptReports }>[]): Promise<void> {
  const applied = held.map(({ asked, state }) => applyChunks(state, { chunks: asked.given.chunks }));
  await finishChanges(sql, applied, async () => {
    const written = storeApplied(sql, applied);
    crashPoint("platform.report.before-commit");
    await written;
  });
}

/** Stores what chunks change, the feed included, and the ends that came with them. Call it inside a transaction that holds the executions. */
export async function storeChanges(
  sql: Sql,
  applied: readonly AppliedChunks[],
  ends: readonly ReportedEnd[] = [],
): Promise<void> {
  await storeConnected(sql, applied);
  await storeApplied(sql, applied, ends);
  await mergeFeeds(sql, applied);
}

/**
 * Ends a transaction with `write`, which stores what chunks change, and all that goes with it. It is committed with
 * that, unless small blocks of a feed are to be merged, which must read them.
 */
export async function finishChanges(
  sql: Sql,
  applied: readonly AppliedChunks[],
  write: () => Promise<void>,
): Promise<void> {
  await storeConnected(sql, applied);
  if (!applied.some(({ mustMerge }) => mustMerge)) return sql.last(write);
  await write();
  await mergeFeeds(sql, applied);
}

async function mergeFeeds(sql: Sql, applied: readonly AppliedChunks[]): Promise<void> {
  for (const { of, mustMerge } of applied) if (mustMerge) await settleFeed(sql, of.executionId);
}
