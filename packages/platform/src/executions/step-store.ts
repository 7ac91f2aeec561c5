import type { Sql } from "@sealrun/postgres";
import {
  type ExecutionId,
  failure,
  type Failure,
  jsonValue,
  type JsonValue,
  stepStatus,
  type FinishedStep,
} from "@sealrun/protocol";
import { z } from "zod";

const stepRow = z
  .object({
    position: z.number(),
    script: z.string(),
    name: z.string(),
    status: stepStatus,
    exit_code: z.number().nullable(),
    started_at: z.date().nullable(),
    duration_ms: z.number().nullable(),
    tries: z.number(),
    result: jsonValue,
    error: failure.nullable(),
  })
  .transform(({ exit_code, started_at, duration_ms, ...row }) => ({
    ...row,
    exitCode: exit_code,
    startedAt: started_at?.toISOString() ?? null,
    durationMs: duration_ms,
  }));
/** One step of an execution. */
export type StoredStep = z.infer<typeof stepRow>;

const columns = "position, script, name, status, exit_code, started_at, duration_ms, tries, result, error";

/** How a step ended. */
export interface StepEnd {
  readonly status: "succeeded" | "failed" | "skipped";
  readonly exitCode: number | null;
  readonly durationMs: number | null;
  readonly result?: JsonValue | undefined;
  readonly error?: Failure | undefined;
}

/** The steps in order. */
export async function listSteps(sql: Sql, id: ExecutionId): Promise<readonly StoredStep[]> {
  return sql.rows(stepRow, `select ${columns} from execution_steps where execution_id = $1 order by position`, [id]);
}

/**
 * Marks a pending step as running since `at`; undefined when it is not pending. A step that ended early with its
 * attempt keeps its status and gets its start time.
 */
export async function startStep(
  sql: Sql,
  id: ExecutionId,
  position: number,
  at: Date,
): Promise<StoredStep | undefined> {
  return sql.row(
    stepRow,
    `update execution_steps
     set status = case when is_told_early then status else 'running' end, started_at = coalesce(started_at, $3)
     where execution_id = $1 and position = $2 and (status = 'pending' or is_told_early) returning ${columns}`,
    [id, position, at],
  );
}

/** Stores the number of the current try of a running step. */
export async function noteTry(sql: Sql, id: ExecutionId, position: number, tries: number): Promise<void> {
  await sql.run(
    `update execution_steps set tries = greatest(tries, $3)
     where execution_id = $1 and position = $2 and (status = 'running' or is_told_early)`,
    [id, position, tries],
  );
}

/** Resets every step to `pending`, for another attempt. Returns the changed steps. */
export async function resetSteps(sql: Sql, id: ExecutionId): Promise<readonly StoredStep[]> {
  const changed = await sql.rows(
    stepRow,
    `update execution_steps set status = 'pending', exit_code = null, started_at = null, duration_ms = null, result = null, error = null,
            tries = 0, is_told_early = false
     where execution_id = $1 and status <> 'pending' returning ${columns}`,
    [id],
  );
  return [...changed].sort((left, right) => left.position - right.position);
}

/**
 * Ends a step; undefined when it has ended already, because an end never changes. A step that ended early with its
 * attempt gets the details of its own report, if the status is the same.
 */
export async function endStep(
  sql: Sql,
  id: ExecutionId,
  position: number,
  end: StepEnd,
): Promise<StoredStep | undefined> {
  return sql.row(
    stepRow,
    `update execution_steps
     set status = $3, exit_code = $4, duration_ms = $5, result = $6, error = $7, is_told_early = false
     where execution_id = $1 and position = $2
       and (status in ('pending', 'running') or (is_told_early and status = $3)) returning ${columns}`,
    [
      id,
      position,
      end.status,
      end.exitCode,
      end.durationMs,
      end.result === undefined ? null : JSON.stringify(end.result),
      end.error === undefined ? null : JSON.stringify(end.error),
    ],
  );
}

/**
 * Ends steps as the request that finished their attempt says, before their own reports arrive; ended steps stay as they
 * are. The caller holds the execution.
 */
export async function endStepsEarly(sql: Sql, id: ExecutionId, ends: readonly FinishedStep[]): Promise<void> {
  await sql.run(
    `update execution_steps s set status = given.status, exit_code = given.exit_code,
            duration_ms = given.duration_ms, error = given.error::json, is_told_early = true
     from unnest($2::int[], $3::text[], $4::int[], $5::float8[], $6::text[])
       as given (position, status, exit_code, duration_ms, error)
     where s.execution_id = $1 and s.position = given.position and s.status in ('pending', 'running')`,
    [
      id,
      ends.map(({ step }) => smallInteger(step)),
      ends.map(({ status }) => status),
      ends.map(({ exitCode }) => smallInteger(exitCode)),
      ends.map(({ durationMs }) => durationMs),
      ends.map(({ error }) => (error === undefined ? null : JSON.stringify(error))),
    ],
  );
}

/** The number if it fits PostgreSQL's integer, otherwise null: an executor may send any number. */
export function smallInteger(value: number | null): number | null {
  return value !== null && Math.abs(value) <= 2_147_483_647 ? value : null;
}

/**
 * Ends every open step; returns these, and those that ended early with their attempt. Without `succeeded`, a running
 * step fails with this error and a pending one is skipped; with it, all of them have succeeded.
 */
export async function closeSteps(
  sql: Sql,
  id: ExecutionId,
  as: { readonly succeeded: boolean; readonly error?: Failure | undefined },
): Promise<readonly StoredStep[]> {
  const changed = await sql.rows(
    stepRow,
    `update execution_steps
     set status = case when status not in ('pending', 'running') then status when $3 then 'succeeded'
                       when status = 'running' then 'failed' else 'skipped' end,
         error = case when status = 'running' and not $3 then $2::json else error end,
         is_told_early = false
     where execution_id = $1 and (status in ('pending', 'running') or is_told_early) returning ${columns}`,
    [id, as.error === undefined ? null : JSON.stringify(as.error), as.succeeded],
  );
  return [...changed].sort((left, right) => left.position - right.position);
}
