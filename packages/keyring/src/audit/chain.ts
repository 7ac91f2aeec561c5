import { auditChainKey, auditLink, auditProof, type SymmetricKey } from "@sealrun/crypto";
import {
  type AcceptedBreak,
  type Chain,
  checkChain,
  type CheckReport,
  type Database,
  findBreak,
  makeContinuation,
  openNotes,
  sealRegularly,
  sealWaiting,
} from "@sealrun/postgres";
import type { KeyringLog } from "./log.ts";
import { recordAudit } from "./store.ts";

/**
 * What the chain of the keyring's audit needs. Its key comes from the wrapping root key, which is not in the database.
 */
export interface KeyringChain {
  readonly database: Database;
  readonly rootKey: SymmetricKey;
}

/** The column that numbers the rows of the audit. */
export const auditIds = { id: "number" } as const;

function auditChain(rootKey: SymmetricKey): Chain {
  const key = auditChainKey(rootKey);
  return {
    ...auditIds,
    fields: [
      "extract(epoch from a.at)",
      "a.action",
      "coalesce(a.executor_id, '')",
      "coalesce(a.execution_id, '')",
      "coalesce(a.attempt, 0)",
      "a.detail",
    ],
    link: (row) => auditLink(key, row),
    prove: (purpose, fields) => auditProof(key, purpose, fields),
    continuation: ([, action, , , , detail]) => (action === "continue" ? detail : undefined),
  };
}

/** Gives every committed row of the audit its link within seconds, until closed. */
export function sealAudit(deps: KeyringChain, log: KeyringLog): { readonly close: () => Promise<void> } {
  return sealRegularly(deps.database, auditChain(deps.rootKey), {
    onHead: async () => undefined,
    onError: (error) => log.error({ err: error, kind: "audit" }, "The audit could not be sealed; retrying"),
  });
}

/** Where a check notes how far it came, and whether it reads everything. */
export interface AuditCheck {
  readonly checkpointFile?: string | undefined;
  readonly isFull?: boolean | undefined;
}

/** Seals the waiting rows, then checks the links against their rows from where the last check ended, or all of them. */
export async function verifyAudit(
  { database, rootKey }: KeyringChain,
  { checkpointFile, isFull = false }: AuditCheck,
): Promise<CheckReport> {
  const chain = auditChain(rootKey);
  await sealWaiting(database, chain);
  return checkChain(database, chain, { notes: openNotes(checkpointFile, chain), isFull });
}

/** The break to accept, the reason, and the person. */
export interface Continuation {
  /** The last link before the break. */
  readonly after: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Accepts that times go back after one link. `AUDIT_BROKEN` for any other fault, `BAD_REQUEST` when there is no such
 * break.
 */
export async function continueAudit(
  deps: KeyringChain,
  { after, reason, by }: Continuation,
  check: AuditCheck,
): Promise<AcceptedBreak> {
  const { fault } = await verifyAudit(deps, check);
  const { link, seq } = findBreak(fault, after);
  const detail = makeContinuation(auditChain(deps.rootKey), link, { by, reason });
  await recordAudit(deps.database, { action: "continue", detail });
  return { position: link.position, seq, by, reason };
}
