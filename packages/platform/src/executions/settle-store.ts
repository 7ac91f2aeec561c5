import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, executionStatus, type OpenExecutions } from "@sealrun/protocol";
import { z } from "zod";

// An execution that could start only after the hold began cannot have run before it, so it stays open and runs when
// due.
const isOpen = `e.status in ('queued', 'running') and e.created_at < $1
  and (e.not_before is null or e.not_before <= (select coalesce(unknown_until, held_at, clock_timestamp()) from installation))`;

const openRow = z.object({ id: executionId, number: z.string() }).transform(({ id, number }) => ({ id, number }));

/** Open executions that were accepted before a time and could have run by then, the oldest first. */
export async function listOpen(
  sql: Sql,
  before: string,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly { readonly id: ExecutionId; readonly number: string }[]> {
  return sql.rows(
    openRow,
    `select e.id, e.number::text from executions e where ${isOpen} and e.number > $2::bigint order by e.number limit $3`,
    [before, page.after, page.limit],
  );
}

const countedRow = z.object({
  project: z.string(),
  package: z.string(),
  status: executionStatus,
  count: z.number(),
});

/** As `listOpen`, counted by package and status. */
export async function countOpen(sql: Sql, before: string): Promise<OpenExecutions["open"]> {
  const rows = await sql.rows(
    countedRow,
    `select p.name as project, k.name as package, e.status, count(*)::int as count
     from executions e join packages k on k.id = e.package_id join projects p on p.id = e.project_id
     where ${isOpen} group by p.name, k.name, e.status order by p.name, k.name, e.status`,
    [before],
  );
  return [...rows];
}

/** True for a time in the past, by the database's clock. */
export async function isPast(sql: Sql, time: string): Promise<boolean> {
  const row = await sql.row(
    z.object({ is_past: z.boolean() }),
    "select $1::timestamptz <= clock_timestamp() as is_past",
    [time],
  );
  return row?.is_past === true;
}
