import type { Database } from "@sealrun/postgres";
import { executorId, type RevocationsReply, type RevocationsRequest, SealrunError } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { listRevoked, markRevoked } from "./store.ts";

/** Takes an executor off the list for good: its next claim or lookup is refused. `NOT_FOUND` when it is not on it. */
export async function revokeExecutor(database: Database, id: string): Promise<void> {
  await database.transaction(async (sql) => {
    const parsed = executorId.safeParse(id);
    if (!parsed.success || !(await markRevoked(sql, parsed.data))) {
      throw new SealrunError(
        "NOT_FOUND",
        "The keyring has no executor of that id; the executor's log and the platform's list show it",
      );
    }
    await recordAudit(sql, { action: "revoke", executorId: parsed.data, detail: {} });
  });
}

/** Who was revoked since then: the platform asks every other second, and refuses them too. */
export async function answerRevocations(
  deps: { readonly database: Database },
  { after }: RevocationsRequest,
): Promise<RevocationsReply> {
  const revoked = await listRevoked(deps.database, after);
  return { ok: true, executors: revoked.map(({ id, revokedAt }) => ({ id, revokedAt: revokedAt.toISOString() })) };
}
