import type { Sql } from "@sealrun/postgres";
import { type AttemptRef, executionId, executorId, type ExecutorId, limits } from "@sealrun/protocol";
import { z } from "zod";
import type { ClaimedAttempt } from "../executions/attempt-store.ts";
import { stepStateJson } from "../executions/step-store.ts";
import { liveBlocksOf } from "../feed/feed-store.ts";
import { type AttemptState, attemptState } from "./attempt-state.ts";

/** True when two names are of the same attempt. */
export function isSameAttempt(left: AttemptRef, right: AttemptRef): boolean {
  return left.executionId === right.executionId && left.attempt === right.attempt;
}

/** What was asked about an attempt, and its state. */
export interface HeldAttempt<T> {
  readonly asked: T;
  readonly state: AttemptState;
}

/**
 * Locks the executions of attempts, in the order of their ids, until the transaction ends, and reads the state of those
 * attempts that belong or belonged to the executor that is named with each. With `skipLocked`, it leaves out those that
 * another transaction has locked.
 */
export async function lockStates<T extends ClaimedAttempt & StateQuery>(
  sql: Sql,
  asked: readonly T[],
  options: { readonly skipLocked?: boolean } = {},
): Promise<readonly HeldAttempt<T>[]> {
  // Sent together: the second statement runs after the first has all locks. What it says of others does not count.
  const [held, states] = await Promise.all([lockAttempts(sql, asked, options), readStates(sql, asked)]);
  return asked.flatMap((one) => {
    const isHeld = held.some((ref) => isSameAttempt(ref, one) && ref.executorId === one.executorId);
    const state = states.find((read) => isSameAttempt(read, one));
    return isHeld && state !== undefined ? [{ asked: one, state }] : [];
  });
}

const claimedRow = z
  .object({ execution_id: executionId, attempt: z.number(), executor_id: executorId })
  .transform(({ execution_id, attempt, executor_id }) => ({
    executionId: execution_id,
    attempt,
    executorId: executor_id,
  }));

async function lockAttempts(
  sql: Sql,
  claimed: readonly ClaimedAttempt[],
  { skipLocked = false }: { readonly skipLocked?: boolean },
): Promise<readonly ClaimedAttempt[]> {
  return sql.rows(
    claimedRow,
    `select e.id as execution_id, a.attempt, a.executor_id
     from unnest($1::text[], $2::int[], $3::text[]) as given (execution_id, attempt, executor_id)
     join executions e on e.id = given.execution_id
     join attempts a on a.execution_id = e.id and a.attempt = given.attempt and a.executor_id = given.executor_id
     order by e.id, a.attempt for update of e ${skipLocked ? "skip locked" : ""}`,
    [
      claimed.map((one) => one.executionId),
      claimed.map((one) => one.attempt),
      claimed.map((one): ExecutorId => one.executorId),
    ],
  );
}

/** An attempt, and what to read about its chunks. */
export interface StateQuery extends AttemptRef {
  /** Which of these chunks are stored. */
  readonly sequences: readonly number[];
  /** The last chunk, if the caller knows it: which chunks up to it are missing. */
  readonly upTo?: number | undefined;
}

/**
 * The state of attempts. The caller holds their executions, and has locked them in an earlier statement: one statement
 * would read all but the locked rows as they were before it waited for the lock.
 */
export async function readStates(sql: Sql, asked: readonly StateQuery[]): Promise<readonly AttemptState[]> {
  const chunks = asked.flatMap(({ sequences, ...of }) => sequences.map((sequence) => ({ ...of, sequence })));
  return sql.rows(
    attemptState,
    `select e.id as execution_id, a.attempt, e.status, e.last_sequence, e.reports, a.applied_sequence,
       e.attempt = a.attempt as is_current,
       e.attempt = a.attempt
         and (a.ended_as is null or a.ended_as = 'finished' or e.finished_at is not null) as is_newest,
       array(select c.sequence from unnest($4::text[], $5::int[], $6::int[]) as k (execution_id, attempt, sequence)
             join report_chunks c using (execution_id, attempt, sequence)
             where k.execution_id = e.id and k.attempt = a.attempt) as stored,
       (select json_agg(json_build_object('sequence', c.sequence, 'items', c.items)) from report_chunks c
        where c.execution_id = e.id and c.attempt = a.attempt and c.items is not null) as waiting,
       array(select n from generate_series(1, coalesce(given.up_to, case when e.attempt = a.attempt
               and e.reports in ('awaited', 'gaps') then e.last_sequence end)) as n
             where not exists (select from report_chunks c
                               where c.execution_id = e.id and c.attempt = a.attempt and c.sequence = n)
             order by n limit $7) as missing,
       (select json_agg(${stepStateJson} order by s.position) from execution_steps s
        where s.execution_id = e.id) as steps,
       ${liveBlocksOf("e.id")} as live_blocks, e.trace
     from unnest($1::text[], $2::int[], $3::int[]) as given (execution_id, attempt, up_to)
     join executions e on e.id = given.execution_id
     join attempts a on a.execution_id = e.id and a.attempt = given.attempt`,
    [
      asked.map((one) => one.executionId),
      asked.map((one) => one.attempt),
      asked.map((one) => one.upTo ?? null),
      chunks.map((one) => one.executionId),
      chunks.map((one) => one.attempt),
      chunks.map((one) => one.sequence),
      limits.missingChunks,
    ],
  );
}

/**
 * Sequences up to the last one whose chunks are not stored, at most the first thousand; undefined when the attempt does
 * not belong and never belonged to this executor.
 */
export async function listMissing(
  sql: Sql,
  { executionId: id, attempt, executorId: executor }: ClaimedAttempt,
  lastSequence: number,
): Promise<readonly number[] | undefined> {
  const row = await sql.row(
    z.object({ missing: z.array(z.number()) }),
    `select array(select n from generate_series(1, $4::int) as n
                  where not exists (select from report_chunks c
                                    where c.execution_id = $1 and c.attempt = $2 and c.sequence = n)
                  order by n limit $5) as missing
     from attempts where execution_id = $1 and attempt = $2 and executor_id = $3`,
    [id, attempt, executor, lastSequence, limits.missingChunks],
  );
  return row?.missing;
}
