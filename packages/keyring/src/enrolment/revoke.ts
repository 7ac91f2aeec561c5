import type { Database } from "@sealrun/postgres";
import { executorId, type RevocationsReply, type RevocationsRequest, SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { listRevoked, markRevoked } from "./store.ts";

/** Revokes an executor permanently: its next claim or lookup is refused. `NOT_FOUND` for an unknown id. */
export async function revokeExecutor(database: Database, id: string): Promise<void> {
  await database.transaction(async (sql) => {
    const parsed = executorId.safeParse(id);
    if (!parsed.success || !(await markRevoked(sql, parsed.data))) {
      throw new SealrunError(
        "NOT_FOUND",
        "The keyring has no executor with that id; find the id in the executor's log or the platform's list",
      );
    }
    await recordAudit(sql, { action: "revoke", executorId: parsed.data, detail: {} });
  });
}

/** The executors revoked since then: the platform asks when it hears of one and now and then, and refuses them too. */
export async function answerRevocations(
  deps: { readonly database: Database },
  { after }: RevocationsRequest,
): Promise<RevocationsReply> {
  const revoked = await listRevoked(deps.database, after);
  return { ok: true, executors: revoked.map(({ id, revokedAt }) => ({ id, revokedAt: revokedAt.toISOString() })) };
}
