import type { Sql } from "@sealrun/postgres";
import { eventType, type Manifest, type PackageId } from "@sealrun/protocol";
import { replaceTriggers } from "./store.ts";

/**
 * Makes the manifest's `trigger_events` what the package waits for, in the transaction of its push; nothing while it is
 * not active. The caller holds the package.
 */
export async function applyTriggers(
  sql: Sql,
  pushed: { readonly packageId: PackageId; readonly manifest: Manifest | undefined },
): Promise<void> {
  const { manifest } = pushed;
  const wanted = manifest?.active === false ? [] : (manifest?.trigger_events ?? []);
  // No event has another type, and PostgreSQL keeps no NUL character.
  const types = wanted.filter((type) => eventType.safeParse(type).success);
  await replaceTriggers(sql, pushed.packageId, types);
}
