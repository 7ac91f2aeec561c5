import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, limits, type AttemptRef } from "@sealrun/protocol";
import { z } from "zod";

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
       where c.items is not null and (e.finished_at < clock_timestamp() - $1 * interval '1 millisecond'
         or c.attempt < e.attempt)) g
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
