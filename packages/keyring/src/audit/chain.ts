import { auditChainKey, auditLink, type SymmetricKey } from "@sealrun/crypto";
import {
  type Chain,
  type CheckedChain,
  type Database,
  sealRegularly,
  sealWaiting,
  verifyChain,
} from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import type { KeyringLog } from "../answer-requests.ts";

/** The keyring's audit as a chain: its key comes from the wrapping root key, which is in no database. */
function auditChain(rootKey: SymmetricKey): Chain {
  const key = auditChainKey(rootKey);
  return {
    id: "number",
    fields: [
      "extract(epoch from a.at)",
      "a.action",
      "coalesce(a.executor_id, '')",
      "coalesce(a.execution_id, '')",
      "coalesce(a.attempt, 0)",
      "a.detail",
    ],
    link: (row) => auditLink(key, row),
  };
}

/** Gives every committed row of the audit its link within seconds, until closed. */
export function sealAudit(
  deps: { readonly database: Database; readonly rootKey: SymmetricKey },
  log: KeyringLog,
): { readonly close: () => Promise<void> } {
  return sealRegularly(deps.database, auditChain(deps.rootKey), {
    onHead: async () => undefined,
    onError: (error) => log.error({ err: error, kind: "audit" }, "The audit could not be sealed; trying again"),
  });
}

/** Seals what waits, then checks every link against its row. */
export async function verifyAudit(database: Database, rootKey: SymmetricKey): Promise<CheckedChain> {
  const chain = auditChain(rootKey);
  while ((await sealWaiting(database, chain)) !== undefined);
  return database.transaction(async (sql) => verifyChain(sql, chain), { answerMs: limits.auditAnswerMs });
}
