import { auditChainKey, auditLink, auditProof, type SymmetricKey } from "@sealrun/crypto";
import type { Chain } from "@sealrun/postgres";

/** The action of a row that accepts a break. */
export const continueAction = "audit.continue";

/** The platform's audit as a chain. Its key comes from the storage root key, which is not in the database. */
export function auditChain(storageKey: SymmetricKey): Chain {
  const key = auditChainKey(storageKey);
  return {
    id: "seq",
    fields: ["extract(epoch from a.at)", "a.actor", "a.action", "a.object", "a.detail", "a.request_id"],
    link: (row) => auditLink(key, row),
    prove: (purpose, fields) => auditProof(key, purpose, fields),
    continuation: ([, , action, , detail]) => (action === continueAction ? detail : undefined),
  };
}
