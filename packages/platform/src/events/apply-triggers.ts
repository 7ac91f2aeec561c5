import type { Sql } from "@sealrun/postgres";
import { eventType, type Manifest, type PackageId } from "@sealrun/protocol";
import { replaceTriggers } from "./store.ts";

/**
 * Makes the package wait for the manifest's `trigger_events`, in the transaction of its push; for nothing while it is
 * not active. The caller has locked the package.
 */
export async function applyTriggers(
  sql: Sql,
  pushed: { readonly packageId: PackageId; readonly manifest: Manifest | undefined },
): Promise<void> {
  const { manifest } = pushed;
  const wanted = manifest?.active === false ? [] : (manifest?.trigger_events ?? []);
  // No event can have another type, and PostgreSQL cannot store a NUL character.
  const types = wanted.filter((type) => eventType.safeParse(type).success);
  await replaceTriggers(sql, pushed.packageId, types);
}
