import type { Sql } from "@sealrun/postgres";
import type { ExecutionId } from "@sealrun/protocol";
import { z } from "zod";

/** Identifies one value whose parts are being received. */
export interface Incoming {
  readonly executionId: ExecutionId;
  readonly attempt: number;
  readonly scope: string;
  readonly name: string;
  readonly sha256: string;
}

const valuesOf = (of: Incoming): readonly unknown[] => [of.executionId, of.attempt, of.scope, of.name, of.sha256];
const isOf = "execution_id = $1 and attempt = $2 and scope = $3 and name = $4 and sha256 = $5";

/** Stores one part; a repeated part replaces the earlier one. */
export async function keepPart(sql: Sql, of: Incoming, part: number, sealed: Uint8Array): Promise<void> {
  await sql.run(
    `insert into set_parts (execution_id, attempt, scope, name, sha256, part, sealed) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (execution_id, attempt, scope, name, sha256, part) do update set sealed = excluded.sealed`,
    [...valuesOf(of), part, sealed],
  );
}

/** How many stored parts of unfinished values an execution has. */
export async function countParts(sql: Sql, executionId: ExecutionId): Promise<number> {
  const row = await sql.row(
    z.object({ count: z.number() }),
    "select count(*)::int as count from set_parts where execution_id = $1",
    [executionId],
  );
  return row?.count ?? 0;
}

/** Returns the stored parts in order, and deletes them. */
export async function takeParts(
  sql: Sql,
  of: Incoming,
): Promise<readonly { readonly part: number; readonly sealed: Uint8Array }[]> {
  const rows = await sql.rows(
    z.object({ part: z.number(), sealed: z.instanceof(Uint8Array) }),
    `delete from set_parts where ${isOf} returning part, sealed`,
    valuesOf(of),
  );
  return [...rows].sort((left, right) => left.part - right.part);
}

/** Deletes parts of values that were never completed. */
export async function forgetParts(sql: Sql, executionId: ExecutionId): Promise<void> {
  await sql.run("delete from set_parts where execution_id = $1", [executionId]);
}
