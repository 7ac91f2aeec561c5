import { fromHex, newId } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { z } from "zod";

const tokenRow = z.object({ name: z.string(), sha256: z.instanceof(Uint8Array) });
/** A stored token: its name and the SHA-256 of its text. */
export type StoredToken = z.infer<typeof tokenRow>;

/** Makes this the bootstrap admin token; the earlier one stops working. */
export async function saveAdminToken(sql: Sql, sha256: string): Promise<void> {
  await sql.run(
    "insert into tokens (id, name, sha256) values ($1, 'admin', $2) on conflict (name) do update set sha256 = excluded.sha256 where tokens.sha256 <> excluded.sha256",
    [newId("token"), fromHex(sha256)],
  );
}

/** The token of that digest, or undefined. */
export async function findToken(sql: Sql, sha256: Uint8Array): Promise<StoredToken | undefined> {
  return sql.row(tokenRow, "select name, sha256 from tokens where sha256 = $1", [sha256]);
}
