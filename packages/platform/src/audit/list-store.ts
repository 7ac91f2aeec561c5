import type { Sql } from "@sealrun/postgres";
import { type AuditRow, jsonObject } from "@sealrun/protocol";
import { z } from "zod";

const listedRow = z
  .object({
    seq: z.string(),
    at: z.date(),
    actor: z.string(),
    action: z.string(),
    object: z.string(),
    detail: jsonObject,
    object_name: z.string().nullable(),
    request_id: z.string(),
  })
  .transform(({ at, object_name, request_id, ...row }): AuditRow => ({
    ...row,
    at: at.toISOString(),
    objectName: object_name,
    requestId: request_id,
  }));

/** Filters of the list. */
export interface AuditFilter {
  /** Id of a project: rows about it, its packages and its executions. */
  readonly projectId?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  readonly actor?: string | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
  /** List only rows before this row number. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Rows of the audit, newest first. The action `secret` means all actions that start with `secret.`. */
export async function listAudit(sql: Sql, filter: AuditFilter): Promise<readonly AuditRow[]> {
  return sql.rows(
    listedRow,
    `select a.seq::text, a.at, a.actor, a.action, a.object, a.detail, a.request_id, coalesce(
       (select p.name || '/' || k.name from packages k join projects p on p.id = k.project_id
        where k.id = coalesce((select package_id from executions e where e.id = a.object), a.object)),
       (select name from projects p where p.id = a.object)) as object_name
     from audit a
     where ($1::text is null or a.object = $1
         or exists (select from packages p where p.id = a.object and p.project_id = $1)
         or exists (select from executions e where e.id = a.object and e.project_id = $1))
       and ($2::text is null or a.action = $2 or starts_with(a.action, $2 || '.'))
       and ($3::text is null or a.object = $3) and ($4::text is null or a.actor = $4)
       and ($5::timestamptz is null or a.at >= $5) and ($6::bigint is null or a.seq < $6)
     order by a.seq desc limit $7`,
    [
      filter.projectId ?? null,
      filter.action ?? null,
      filter.object ?? null,
      filter.actor ?? null,
      filter.since ?? null,
      filter.before ?? null,
      filter.limit,
    ],
  );
}
