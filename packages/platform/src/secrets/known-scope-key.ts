import type { Sql } from "@sealrun/postgres";
import { SealrunError, scopeKeyStatement, type ScopeKeyStatement } from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { fetchScopeKey, type Place, readScopeKey, type ScopeKey } from "./scope-key.ts";

/** With an answer at hand nobody is kept waiting for a keyring that is away. */
const shortTimeoutMs = 1_500;

const knownRow = z.object({ statement: scopeKeyStatement });

/**
 * A place's key as `fetchScopeKey` gives it, or while the keyring cannot be reached the one that it stated last: the
 * signature is checked again, and what is sealed with an earlier version stays readable. So runs can be started, and
 * wait in the database, while NATS is down. `KEYRING_UNREACHABLE` for a place that was never asked about.
 */
export async function findScopeKey(
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring" | "platformId">,
  place: Place,
): Promise<ScopeKey> {
  const known = await findKnown(deps.database, place);
  try {
    const fresh = await fetchScopeKey(deps, place, known === undefined ? {} : { timeoutMs: shortTimeoutMs });
    if (known?.body !== fresh.statement.body) await keep(deps.database, place, fresh.statement);
    return fresh;
  } catch (error) {
    const isAway = error instanceof SealrunError && error.code === "KEYRING_UNREACHABLE";
    if (!isAway || known === undefined) throw error;
    return readScopeKey(deps, place, known);
  }
}

async function findKnown(sql: Sql, { scope, ownerId }: Place): Promise<ScopeKeyStatement | undefined> {
  const row = await sql.row(knownRow, "select statement from known_scope_keys where scope = $1 and owner_id = $2", [
    scope,
    ownerId,
  ]);
  return row?.statement;
}

async function keep(sql: Sql, { scope, ownerId }: Place, statement: ScopeKeyStatement): Promise<void> {
  await sql.run(
    `insert into known_scope_keys (scope, owner_id, statement) values ($1, $2, $3)
     on conflict (scope, owner_id) do update set statement = excluded.statement`,
    [scope, ownerId, JSON.stringify(statement)],
  );
}
