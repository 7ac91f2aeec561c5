import type { Sql } from "@sealrun/postgres";
import { SealrunError } from "@sealrun/protocol";
import type { ClaimedAttempt } from "../executions/attempt-store.ts";
import { appendFeeds, settleFeed } from "../feed/feed-store.ts";
import { type AppliedChunks, applyChunks } from "./apply-chunks.ts";
import type { Chunk } from "./attempt-state.ts";
import { type HeldAttempt, lockStates, storeApplied } from "./report-store.ts";

/** Chunks of an attempt, and the executor that sent them. */
export interface AttemptReports extends ClaimedAttempt {
  readonly chunks: readonly Chunk[];
}

/** Stores chunks of one attempt; `LEASE_LOST` when it was never this executor's. Call it inside a transaction. */
export async function applyReports(sql: Sql, given: AttemptReports): Promise<void> {
  const held = await lockStates(sql, [queryOf(given)]);
  if (held.length === 0) throw new SealrunError("LEASE_LOST", "The attempt is not this executor's");
  await applyHeld(sql, held);
}

/**
 * Stores chunks of several attempts, without waiting for a lock; returns those that it stored. The others must be
 * stored one by one, which says why one cannot be. Call it inside a transaction.
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
  await storeChanges(
    sql,
    held.map(({ asked, state }) => applyChunks(state, { chunks: asked.given.chunks })),
  );
}

/** Stores what chunks change, the feed included. */
export async function storeChanges(sql: Sql, applied: readonly AppliedChunks[]): Promise<void> {
  await Promise.all([storeApplied(sql, applied), storeFeeds(sql, applied)]);
  // The end of an execution does that by itself; these came after it, and are the last.
  for (const { of, isComplete } of applied) if (isComplete) await settleFeed(sql, of.executionId);
}

/** Appends what chunks add to the feeds of their executions. */
export async function storeFeeds(sql: Sql, applied: readonly Pick<AppliedChunks, "of" | "entries">[]): Promise<void> {
  await appendFeeds(
    sql,
    applied.map(({ of, entries }) => ({ id: of.executionId, entries })),
  );
}
