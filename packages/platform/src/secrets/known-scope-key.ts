import { type ErrorCode, SealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { findKnownKey, keepKnownKey } from "./known-key-store.ts";
import { fetchScopeKey, type Place, readScopeKey, type ScopeKey } from "./scope-key.ts";

/** Short, because a known key can be used when the keyring does not answer. */
const shortTimeoutMs = 1_500;
const unavailable: ReadonlySet<ErrorCode> = new Set(["KEYRING_UNREACHABLE", "CLOCK_WRONG"]);

/**
 * A place's key as `fetchScopeKey` gives it; while the keyring cannot be reached or its clock is wrong, the key that it
 * stated last. That signature is checked again, and values sealed with an earlier version stay readable. So executions
 * can be started, and wait in the database, while NATS is down. `KEYRING_UNREACHABLE` when no statement is known.
 */
export async function findScopeKey(
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId">,
  place: Place,
): Promise<ScopeKey> {
  const known = await findKnownKey(deps.database, place);
  try {
    const fresh = await fetchScopeKey(deps, place, known === undefined ? {} : { timeoutMs: shortTimeoutMs });
    if (known?.body !== fresh.statement.body) await keepKnownKey(deps.database, place, fresh.statement);
    return fresh;
  } catch (error) {
    const isUnavailable = error instanceof SealrunError && unavailable.has(error.code);
    if (!isUnavailable || known === undefined) throw error;
    return readScopeKey(deps, place, known);
  }
}
