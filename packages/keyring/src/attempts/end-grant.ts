import { crashPoint } from "@sealrun/faults";
import type { Database } from "@sealrun/postgres";
import type { EndGrantReply, EndGrantRequest } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { endGrant } from "./store.ts";

/**
 * Ends the grant of an attempt that the platform says is over: its lookups and its claim are then refused with
 * `NO_GRANT`. This can only reduce rights. A repeated call, or one without a grant, changes nothing.
 */
export async function answerEnd(
  { database }: { readonly database: Database },
  { executionId, attempt }: EndGrantRequest,
): Promise<EndGrantReply> {
  await database.transaction(async (sql) => {
    const ended = await endGrant(sql, executionId, attempt);
    if (ended === undefined) return;
    await recordAudit(sql, { action: "end", executorId: ended.executorId, executionId, attempt, detail: {} });
  });
  crashPoint("keyring.end.after-commit");
  return { ok: true };
}
