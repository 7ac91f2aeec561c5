import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, failure, type Failure, jsonValue, type JsonValue, stepStatus } from "@sealrun/protocol";
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

/** Marks a pending step as running since `at`; undefined when it is not pending. */
export async function startStep(
  sql: Sql,
  id: ExecutionId,
  position: number,
  at: Date,
): Promise<StoredStep | undefined> {
  return sql.row(
    stepRow,
    `update execution_steps set status = 'running', started_at = $3
     where execution_id = $1 and position = $2 and status = 'pending' returning ${columns}`,
    [id, position, at],
  );
}

/** Notes which try of a running step this is. */
export async function noteTry(sql: Sql, id: ExecutionId, position: number, tries: number): Promise<void> {
  await sql.run(
    `update execution_steps set tries = greatest(tries, $3)
     where execution_id = $1 and position = $2 and status = 'running'`,
    [id, position, tries],
  );
}

/** Puts every step back to its beginning, for another attempt. The answer is what changed. */
export async function resetSteps(sql: Sql, id: ExecutionId): Promise<readonly StoredStep[]> {
  const changed = await sql.rows(
    stepRow,
    `update execution_steps set status = 'pending', exit_code = null, started_at = null, duration_ms = null, result = null, error = null,
            tries = 0
     where execution_id = $1 and status <> 'pending' returning ${columns}`,
    [id],
  );
  return [...changed].sort((left, right) => left.position - right.position);
}

/** Ends a step that has not ended; undefined when it had, because an end never changes. */
export async function endStep(
  sql: Sql,
  id: ExecutionId,
  position: number,
  end: StepEnd,
): Promise<StoredStep | undefined> {
  return sql.row(
    stepRow,
    `update execution_steps set status = $3, exit_code = $4, duration_ms = $5, result = $6, error = $7
     where execution_id = $1 and position = $2 and status in ('pending', 'running') returning ${columns}`,
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

/** Ends every step that has not ended: one that ran has failed, one that waited is skipped. The answer is what changed. */
export async function closeSteps(
  sql: Sql,
  id: ExecutionId,
  error: Failure | undefined,
): Promise<readonly StoredStep[]> {
  const changed = await sql.rows(
    stepRow,
    `update execution_steps set status = case when status = 'running' then 'failed' else 'skipped' end,
            error = case when status = 'running' then $2::json end
     where execution_id = $1 and status in ('pending', 'running') returning ${columns}`,
    [id, error === undefined ? null : JSON.stringify(error)],
  );
  return [...changed].sort((left, right) => left.position - right.position);
}
