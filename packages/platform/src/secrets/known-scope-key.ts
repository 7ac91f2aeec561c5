import { type ErrorCode, SealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { findKnownKey, keepKnownKey } from "./known-key-store.ts";
import { fetchScopeKey, type Place, readScopeKey, type ScopeKey } from "./scope-key.ts";

/** With an answer at hand nobody is kept waiting for a keyring that is away. */
const shortTimeoutMs = 1_500;
const away: ReadonlySet<ErrorCode> = new Set(["KEYRING_UNREACHABLE", "CLOCK_WRONG"]);

/**
 * A place's key as `fetchScopeKey` gives it, or while the keyring cannot be reached, or has another time, the one that it stated last: the
 * signature is checked again, and what is sealed with an earlier version stays readable. So runs can be started, and
 * wait in the database, while NATS is down. `KEYRING_UNREACHABLE` for a place that was never asked about.
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
    const isAway = error instanceof SealrunError && away.has(error.code);
    if (!isAway || known === undefined) throw error;
    return readScopeKey(deps, place, known);
  }
}
