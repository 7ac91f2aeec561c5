import type { Sql } from "@sealrun/postgres";
import type { ExecutionId, ExecutorId, JsonObject } from "@sealrun/protocol";

/** One action of the keyring. `detail` holds names, ids and counts; never a value or a key. */
export interface AuditEntry {
  readonly action: "token" | "enrol" | "credentials" | "revoke" | "grant" | "lookup" | "refuse" | "end" | "continue";
  readonly executorId?: ExecutorId;
  readonly executionId?: ExecutionId;
  readonly attempt?: number;
  readonly detail: JsonObject;
}

/** Starts a statement that adds rows to the audit, as SQL. */
export const insertAudit = "insert into audit (action, executor_id, execution_id, attempt, detail)";

/** Writes one row in the transaction of the action: the keyring answers nothing that is not in the audit. */
export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.run(`${insertAudit} values ($1, $2, $3, $4, $5)`, [
    entry.action,
    entry.executorId ?? null,
    entry.executionId ?? null,
    entry.attempt ?? null,
    JSON.stringify(entry.detail),
  ]);
}
