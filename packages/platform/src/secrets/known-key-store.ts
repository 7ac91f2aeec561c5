import type { Sql } from "@sealrun/postgres";
import { scopeKeyStatement, type ScopeKeyStatement } from "@sealrun/protocol";
import { z } from "zod";
import type { Place } from "./scope-key.ts";

const knownRow = z.object({ statement: scopeKeyStatement });

/** The keyring's last statement about a place's key, or undefined. The caller must check the signature again. */
export async function findKnownKey(sql: Sql, { scope, ownerId }: Place): Promise<ScopeKeyStatement | undefined> {
  const row = await sql.row(knownRow, "select statement from known_scope_keys where scope = $1 and owner_id = $2", [
    scope,
    ownerId,
  ]);
  return row?.statement;
}

/** Keeps the keyring's newest statement about a place's key. */
export async function keepKnownKey(sql: Sql, { scope, ownerId }: Place, statement: ScopeKeyStatement): Promise<void> {
  await sql.run(
    `insert into known_scope_keys (scope, owner_id, statement) values ($1, $2, $3)
     on conflict (scope, owner_id) do update set statement = excluded.statement`,
    [scope, ownerId, JSON.stringify(statement)],
  );
}
