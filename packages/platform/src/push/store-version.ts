import type { Sql } from "@sealrun/postgres";
import type { Requester } from "../deps.ts";
import { applyTriggers } from "../events/apply-triggers.ts";
import type { CheckedVersion } from "../packages/checked-version.ts";
import type { Package } from "../packages/store.ts";
import { insertVersion } from "../packages/version-store.ts";
import { applySchedule } from "../schedules/apply-manifest.ts";

/** A version to store, and its requester. */
export interface VersionToStore {
  readonly checked: CheckedVersion;
  readonly requester: Requester;
  /** The earlier version with the same files, when a rollback makes it the newest again. */
  readonly restores?: number;
}

/**
 * Stores a version as the newest one of its package, with its schedule and the events that it waits for; returns its
 * number. The caller has locked the package, and writes the audit row.
 */
export async function storeVersion(
  sql: Sql,
  locked: Package,
  { checked, requester, restores }: VersionToStore,
): Promise<number> {
  const number = locked.currentVersion + 1;
  await insertVersion(sql, { packageId: locked.id, number, author: requester.name, checked, restores });
  const settings = { packageId: locked.id, manifest: checked.manifest, requester };
  await applySchedule(sql, settings);
  await applyTriggers(sql, settings);
  return number;
}
