import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, executionStatus, limits, type AttemptRef } from "@sealrun/protocol";
import { z } from "zod";

const completedRow = z
  .object({ status: executionStatus, had_gaps: z.boolean() })
  .transform(({ had_gaps, ...row }) => ({ ...row, hadGaps: had_gaps }));

/**
 * Stores, once, that every report of an ended execution's newest attempt is in; undefined when that is stored already,
 * or when some are missing. The caller holds the execution.
 */
export async function noteComplete(sql: Sql, id: ExecutionId): Promise<z.infer<typeof completedRow> | undefined> {
  return sql.row(
    completedRow,
    `with before as (
       select e.id, e.reports = 'gaps' as had_gaps from executions e
         join attempts a on a.execution_id = e.id and a.attempt = e.attempt
       where e.id = $1 and e.finished_at is not null and e.reports in ('awaited', 'gaps')
         and a.applied_sequence >= e.last_sequence
         and e.last_sequence <= (select count(*) from report_chunks c
                                 where c.execution_id = e.id and c.attempt = e.attempt and c.sequence <= e.last_sequence))
     update executions e set reports = 'complete' from before where e.id = before.id
     returning e.status, before.had_gaps`,
    [id],
  );
}

const stalledRow = z
  .object({ execution_id: executionId, attempt: z.number() })
  .transform(({ execution_id, attempt }) => ({ executionId: execution_id, attempt }));

/**
 * Attempts with missing reports that got no chunk for `limits.reportsSilentMs`: the newest of ended executions, and
 * earlier ones whose chunks wait for a missing one. At most a hundred.
 */
export async function listStalled(sql: Sql): Promise<readonly AttemptRef[]> {
  return sql.rows(
    stalledRow,
    `select g.execution_id, g.attempt from (
       select e.id as execution_id, e.attempt from executions e
       where e.reports = 'awaited' and e.finished_at < clock_timestamp() - $1 * interval '1 millisecond'
       union
       select c.execution_id, c.attempt from report_chunks c join executions e on e.id = c.execution_id
       where c.items is not null and (e.finished_at is not null or c.attempt < e.attempt)) g
     where not exists (
       select from report_chunks n where n.execution_id = g.execution_id and n.attempt = g.attempt
         and n.stored_at > clock_timestamp() - $1 * interval '1 millisecond')
     limit 100`,
    [limits.reportsSilentMs],
  );
}

/** Stores that reports of an ended execution are missing and no longer awaited; false unless they were awaited. */
export async function noteGaps(sql: Sql, id: ExecutionId): Promise<boolean> {
  return (await sql.run("update executions set reports = 'gaps' where id = $1 and reports = 'awaited'", [id])) === 1;
}
