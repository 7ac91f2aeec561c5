import type { Sql } from "@sealrun/postgres";
import type { JsonObject } from "@sealrun/protocol";
import { z } from "zod";
import type { Requester } from "../deps.ts";
import { insertRows } from "../postgres/insert-rows.ts";

/** One row of the audit. `detail` holds names, versions and counts; never a value. */
export interface AuditEntry {
  readonly requester: Requester;
  readonly action: string;
  readonly object: string;
  readonly detail?: JsonObject;
}

/** Writes a row in the transaction of the change that it describes: both commit, or neither. */
export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await recordAudits(sql, [entry]);
}

/** Writes a row as the last statement of a transaction: its commit travels with it. */
export async function recordLastAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.last(async () => recordAudit(sql, entry));
}

/** Writes rows as `recordAudit` does, in this order, in as few statements as possible. */
export async function recordAudits(sql: Sql, entries: readonly AuditEntry[]): Promise<void> {
  await insertRows(
    sql,
    "audit (actor, action, object, detail, request_id)",
    entries.map(({ requester, action, object, detail = {} }) => [
      requester.name,
      action,
      object,
      JSON.stringify(detail),
      requester.requestId,
    ]),
  );
}

/** Writes the rows of `source` in the order of its column `place`, as SQL; it has the other columns of a row too. */
export const recordAuditsFrom = (source: string): string => `
  insert into audit (actor, action, object, detail, request_id)
  select actor, action, object, detail, request_id from ${source} order by place`;

/** Time of the first row; undefined while there is none. */
export async function findFirstTime(sql: Sql): Promise<Date | undefined> {
  return (await sql.row(z.object({ at: z.date() }), "select at from audit order by seq limit 1"))?.at;
}
