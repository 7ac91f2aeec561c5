import { sealCheckValue, type SymmetricKey, verifyCheckValue } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { SealrunError } from "@sealrun/protocol";
import { addCheckValue, findCheckValue } from "./store.ts";

/**
 * Checks that this database belongs to this key; the first call on a database decides. `WRONG_ROOT_KEY` names both key
 * ids.
 */
export async function checkRootKey(sql: Sql, rootKey: SymmetricKey): Promise<void> {
  const known = await findCheckValue(sql);
  // Two keyrings may start on one new database: the first row decides for both.
  if (known === undefined) await addCheckValue(sql, sealCheckValue(rootKey, "wrapping"));
  const stored = known ?? (await findCheckValue(sql));
  if (stored === undefined) throw new SealrunError("INTERNAL", "The root key's check value was not written");
  verifyCheckValue(rootKey, "wrapping", stored);
}
