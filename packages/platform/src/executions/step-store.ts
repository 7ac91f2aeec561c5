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
    peak_memory_bytes: z.number().nullable(),
    cpu_ms: z.number().nullable(),
    tries: z.number(),
    result: jsonValue,
    error: failure.nullable(),
  })
  .transform(({ exit_code, started_at, duration_ms, peak_memory_bytes, cpu_ms, ...row }) => ({
    ...row,
    exitCode: exit_code,
    startedAt: started_at?.toISOString() ?? null,
    durationMs: duration_ms,
    peakMemoryBytes: peak_memory_bytes,
    cpuMs: cpu_ms,
  }));
/** One step of an execution. */
export type StoredStep = z.infer<typeof stepRow>;

const columns =
  "position, script, name, status, exit_code, started_at, duration_ms, peak_memory_bytes, cpu_ms, tries, result, error";

/** How a step ended. */
export interface StepEnd {
  readonly status: "succeeded" | "failed" | "skipped";
  readonly exitCode: number | null;
  readonly durationMs: number | null;
  readonly peakMemoryBytes?: number | undefined;
  readonly cpuMs?: number | undefined;
  readonly result?: JsonValue | undefined;
  readonly error?: Failure | undefined;
}

/** A step as reports change it; times are in ISO 8601. */
export const stepState = z.object({
  position: z.number(),
  script: z.string(),
  name: z.string(),
  status: stepStatus,
  exitCode: z.number().nullable(),
  startedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  peakMemoryBytes: z.number().nullable(),
  cpuMs: z.number().nullable(),
  tries: z.number(),
  error: failure.nullable(),
  /** The end of the attempt said how it ended, before its own report came. */
  isToldEarly: z.boolean(),
  /** Undefined unless a report has just brought it: a stored result is not read. */
  result: jsonValue.optional(),
});
export type StepState = z.infer<typeof stepState>;

/** SQL of a step `s` as JSON for `stepState`. */
export const stepStateJson = `json_build_object('position', s.position, 'script', s.script, 'name', s.name,
  'status', s.status, 'exitCode', s.exit_code, 'startedAt', s.started_at, 'durationMs', s.duration_ms,
  'peakMemoryBytes', s.peak_memory_bytes, 'cpuMs', s.cpu_ms,
  'tries', s.tries, 'error', s.error, 'isToldEarly', s.is_told_early)`;

/** The steps in order. */
export async function listSteps(sql: Sql, id: ExecutionId): Promise<readonly StoredStep[]> {
  return sql.rows(stepRow, `select ${columns} from execution_steps where execution_id = $1 order by position`, [id]);
}

/** A step's place and name, which never change. */
export type StepName = Pick<StoredStep, "position" | "name">;

/** The names of an execution's steps. */
export async function listStepNames(sql: Sql, id: ExecutionId): Promise<readonly StepName[]> {
  const row = z.object({ position: z.number(), name: z.string() });
  return sql.rows(row, "select position, name from execution_steps where execution_id = $1", [id]);
}

/** Resets every step to `pending`, for another attempt. Returns the changed steps. */
export async function resetSteps(sql: Sql, id: ExecutionId): Promise<readonly StoredStep[]> {
  const changed = await sql.rows(
    stepRow,
    `update execution_steps set status = 'pending', exit_code = null, started_at = null, duration_ms = null,
            peak_memory_bytes = null, cpu_ms = null, result = null, error = null,
            tries = 0, is_told_early = false
     where execution_id = $1 and status <> 'pending' returning ${columns}`,
    [id],
  );
  return [...changed].sort((left, right) => left.position - right.position);
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
