import type { Sql } from "@sealrun/postgres";
import { type AttemptRef, executionId, executorId, type ExecutorId, limits } from "@sealrun/protocol";
import { z } from "zod";
import type { ClaimedAttempt } from "../executions/attempt-store.ts";
import { stepStateJson } from "../executions/step-store.ts";
import type { AppliedChunks } from "./apply-chunks.ts";
import { type AttemptState, attemptState } from "./attempt-state.ts";
import { readTime } from "./read-time.ts";

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
        where s.execution_id = e.id) as steps
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
 * Stores what chunks of one or more attempts change, except the feed and an end; the caller holds their executions. One
 * statement: its parts write different rows, and none reads what another writes.
 */
export async function storeApplied(sql: Sql, applied: readonly AppliedChunks[]): Promise<void> {
  const chunks = applied.flatMap(({ of, kept }) => kept.map((chunk) => ({ ...of, ...chunk })));
  const steps = applied.flatMap(({ of, steps }) => steps.map((step) => ({ ...step, executionId: of.executionId })));
  const reads = applied.flatMap(({ of, reads }) => reads.map((read) => ({ ...of, ...read })));
  // The end of an execution is stored with the state of its reports.
  const completed = applied
    .filter(({ isComplete, end }) => isComplete && end === undefined)
    .map(({ of }) => of.executionId);
  if (chunks.length + steps.length + completed.length === 0) return;
  const moved = applied.filter(({ kept }) => kept.some(({ items }) => items === null));
  await sql.run(
    `with kept as (
       insert into report_chunks (execution_id, attempt, sequence, items)
       select k.execution_id, k.attempt, k.sequence, k.items::json
       from unnest($1::text[], $2::int[], $3::int[], $4::text[]) as k (execution_id, attempt, sequence, items)
       on conflict (execution_id, attempt, sequence) do update set items = excluded.items),
     moved as (
       update attempts a set applied_sequence = m.sequence
       from unnest($5::text[], $6::int[], $7::int[]) as m (execution_id, attempt, sequence)
       where a.execution_id = m.execution_id and a.attempt = m.attempt),
     completed as (update executions set reports = 'complete' where id = any ($8::text[])),
     changed as (
       update execution_steps s set status = c.status, exit_code = c.exit_code, started_at = c.started_at,
         duration_ms = c.duration_ms, tries = c.tries, error = c.error::json, is_told_early = c.is_told_early,
         result = coalesce(c.result::json, s.result)
       from unnest($9::text[], $10::int[], $11::text[], $12::int[], $13::timestamptz[], $14::float8[], $15::int[],
                   $16::text[], $17::bool[], $18::text[])
         as c (execution_id, position, status, exit_code, started_at, duration_ms, tries, error, is_told_early, result)
       where s.execution_id = c.execution_id and s.position = c.position)
     insert into receipts (execution_id, attempt, step, name, scope, version, outcome, masking, at, owner_id)
     select r.execution_id, r.attempt, r.step, r.name, r.scope, r.version, r.outcome, r.masking, r.at,
       case r.scope when 'service' then e.package_id when 'project' then e.project_id
         when 'platform' then (select platform_id from installation) end
     from unnest($19::text[], $20::int[], $21::int[], $22::text[], $23::text[], $24::int[], $25::text[], $26::text[],
                 $27::timestamptz[]) with ordinality
       as r (execution_id, attempt, step, name, scope, version, outcome, masking, at, place)
     join executions e on e.id = r.execution_id order by r.place`,
    [
      chunks.map((one) => one.executionId),
      chunks.map((one) => one.attempt),
      chunks.map((one) => one.sequence),
      chunks.map((one) => json(one.items)),
      moved.map(({ of }) => of.executionId),
      moved.map(({ of }) => of.attempt),
      moved.map((one) => one.appliedSequence),
      completed,
      steps.map((one) => one.executionId),
      steps.map((one) => one.position),
      steps.map((one) => one.status),
      steps.map((one) => one.exitCode),
      steps.map((one) => one.startedAt),
      steps.map((one) => one.durationMs),
      steps.map((one) => one.tries),
      steps.map((one) => json(one.error)),
      steps.map((one) => one.isToldEarly),
      steps.map((one) => (one.result === undefined ? null : JSON.stringify(one.result))),
      reads.map((one) => one.executionId),
      reads.map((one) => one.attempt),
      reads.map((one) => one.step),
      // A script may ask for any text: cut it, and replace the character that PostgreSQL refuses.
      reads.map(({ name }) => name.slice(0, 128).replaceAll("\0", "\u{FFFD}")),
      reads.map((one) => one.scope),
      reads.map(({ version }) => (version !== null && version <= 2_147_483_647 ? version : null)),
      reads.map((one) => one.outcome),
      reads.map((one) => one.masking ?? null),
      reads.map(({ time }) => readTime(time)),
    ],
  );
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
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
