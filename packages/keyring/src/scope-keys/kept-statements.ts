import { lengthPrefixed, sha256Hex, utf8 } from "@sealrun/crypto";
import { makeRoom, type ScopeKeyStatement } from "@sealrun/protocol";
import type { StoredScopeKey } from "./store.ts";

/** At about 600 bytes each. The oldest one is dropped, and is signed again when it is needed. */
const maxKept = 10_000;

/** Signed statements of scope keys, kept by the whole row: a row that was changed is checked and signed again. */
export interface KeptStatements {
  /** The kept statement of this key, else the one that `sign` makes. */
  find(key: StoredScopeKey, sign: () => ScopeKeyStatement): ScopeKeyStatement;
  /** True for a row that was signed as it is, after its halves were checked. */
  has(key: StoredScopeKey): boolean;
}

/** An empty memory, for one identity and one wrapping root key. */
export function createKeptStatements(): KeptStatements {
  const kept = new Map<string, ScopeKeyStatement>();
  return {
    has: (key) => kept.has(idOf(key)),
    find: (key, sign) => {
      const id = idOf(key);
      const known = kept.get(id);
      if (known !== undefined) return known;
      const statement = sign();
      makeRoom(kept, maxKept);
      kept.set(id, statement);
      return statement;
    },
  };
}

function idOf({ scope, owner_id, version, public_key, wrapped_private }: StoredScopeKey): string {
  return sha256Hex(lengthPrefixed(utf8(scope), utf8(owner_id), utf8(String(version)), public_key, wrapped_private));
}
