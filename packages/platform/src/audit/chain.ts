import { auditChainKey, auditLink, type SymmetricKey } from "@sealrun/crypto";
import type { Chain } from "@sealrun/postgres";

/** The platform's audit as a chain: its key comes from the storage root key, which is in no database. */
export function auditChain(storageKey: SymmetricKey): Chain {
  const key = auditChainKey(storageKey);
  return {
    id: "seq",
    fields: ["extract(epoch from a.at)", "a.actor", "a.action", "a.object", "a.detail", "a.request_id"],
    link: (row) => auditLink(key, row),
  };
}
