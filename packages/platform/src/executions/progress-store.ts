import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, executionStatus, executorId } from "@sealrun/protocol";
import { z } from "zod";
import { describeLogDeletion } from "./describe-log-deletion.ts";
import { executionNotFound } from "./store.ts";

const progressRow = z
  .object({
    status: executionStatus,
    cursor: z.string(),
    attempt: z.number(),
    executor_id: executorId.nullable(),
    applied_sequence: z.number(),
    is_complete: z.boolean(),
    is_awaited: z.boolean(),
    is_stale: z.boolean(),
    missing: z.number(),
    last: z.number(),
    log_deleted_at: z.date().nullable(),
    log_deleted_days: z.number().nullable(),
    log_deleted_by: z.enum(["platform", "project"]).nullable(),
  })
  .transform((found) => {
    const { is_complete, is_awaited, is_stale, log_deleted_at, log_deleted_days, log_deleted_by, ...rest } = found;
    const { executor_id, applied_sequence, ...row } = rest;
    return {
      ...row,
      executorId: executor_id,
      appliedSequence: applied_sequence,
      /** Null while the log is kept. */
      logDeleted: describeLogDeletion({ at: log_deleted_at, days: log_deleted_days, rule: log_deleted_by }),
      isComplete: is_complete,
      isAwaited: is_awaited,
      isStale: is_stale,
    };
  });
/**
 * How far an execution and its feed are. Complete: every report is in. Awaited: it ended, and reports may still come.
 * Stale: it ended more than 10 seconds ago, and no report is awaited. `attempt` is the newest one, 0 before the first;
 * `appliedSequence` is its last chunk in the feed at this cursor.
 */
export type Progress = z.infer<typeof progressRow>;

/**
 * How far an execution is; `EXECUTION_NOT_FOUND`. For rows that ended before `reports` was stored, their chunks decide.
 */
export async function findProgress(sql: Sql, id: ExecutionId): Promise<Progress> {
  const found = await sql.row(
    progressRow,
    `select e.status, e.cursor, e.attempt, a.executor_id, coalesce(a.applied_sequence, 0) as applied_sequence,
       case when e.finished_at is null or e.attempt = 0 then true
            when e.last_sequence is null then e.status <> 'lost'
            when e.reports is not null then e.reports = 'complete'
            else coalesce(a.applied_sequence >= e.last_sequence, false) and c.stored = e.last_sequence end as is_complete,
       coalesce(e.reports = 'awaited', false) as is_awaited,
       coalesce(e.finished_at < clock_timestamp() - interval '10 seconds', false)
         and e.reports is distinct from 'awaited' as is_stale,
       greatest(0, coalesce(e.last_sequence, 0) - c.stored) as missing, coalesce(e.last_sequence, 0) as last,
       e.log_deleted_at, e.log_deleted_days, e.log_deleted_by
     from executions e left join attempts a on a.execution_id = e.id and a.attempt = e.attempt
       cross join lateral (
         select count(*)::int as stored from report_chunks k
         where k.execution_id = e.id and k.attempt = e.attempt and k.sequence <= e.last_sequence) c
     where e.id = $1`,
    [id],
  );
  if (found !== undefined) return found;
  throw executionNotFound(id);
}
