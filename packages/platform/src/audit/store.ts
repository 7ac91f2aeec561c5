import type { Sql } from "@sealrun/postgres";
import type { JsonObject } from "@sealrun/protocol";
import type { Asker } from "../deps.ts";

/** One row of the audit. `detail` holds names, versions and counts; never a value. */
export interface AuditEntry {
  readonly asker: Asker;
  readonly action: string;
  readonly object: string;
  readonly detail?: JsonObject;
}

/** Writes a row in the transaction of what it tells of: neither is there without the other. */
export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.run("insert into audit (actor, action, object, detail, request_id) values ($1, $2, $3, $4, $5)", [
    entry.asker.author,
    entry.action,
    entry.object,
    JSON.stringify(entry.detail ?? {}),
    entry.asker.requestId,
  ]);
}
