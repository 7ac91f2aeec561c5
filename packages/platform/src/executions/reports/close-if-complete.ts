import type { Sql } from "@sealrun/postgres";
import type { ExecutionId } from "@sealrun/protocol";
import { z } from "zod";
import { appendFeed } from "../feed-store.ts";
import { closeSteps } from "../step-store.ts";
import { stepEntry } from "../transitions.ts";

/** Closes the steps that an ended execution never got to, once all its reports are in. The caller holds its row. */
export async function closeIfComplete(sql: Sql, id: ExecutionId): Promise<void> {
  const row = await sql.row(
    z.object({ is_complete: z.boolean() }),
    `select coalesce(a.applied_sequence >= e.last_sequence, false) as is_complete
     from executions e join attempts a on a.execution_id = e.id and a.attempt = e.attempt
     where e.id = $1 and e.finished_at is not null`,
    [id],
  );
  if (row?.is_complete !== true) return;
  const closed = await closeSteps(sql, id, undefined);
  await appendFeed(sql, id, closed.map(stepEntry));
}
