import { z } from "zod";
import type { Database, Sql } from "./database.ts";

/**
 * A table `audit` whose rows are chained: `audit_chain (position, seq, hash)` has a link for each row, and
 * `audit_unsealed (seq)` lists the rows that wait for one. Writers never wait for each other; only the sealing process
 * waits.
 */
export interface Chain {
  /** The column that numbers the rows of `audit`. */
  readonly id: string;
  /** SQL of each other column as text; the first is the time in seconds since 1970. */
  readonly fields: readonly string[];
  /** The hash of a link, made with a key that is not in the database. */
  readonly link: (of: LinkedRow) => Uint8Array;
  /** A proof for one purpose that only the owner of that key can make. */
  readonly prove: (purpose: "verified" | "continue", fields: readonly string[]) => Uint8Array;
  /** The detail of a row that accepts a break, as JSON; undefined for every other row. `fields` as above. */
  readonly continuation: (fields: readonly string[]) => string | undefined;
}

/** The content of one link; `previous` is undefined for the first. */
export interface LinkedRow {
  readonly previous: Uint8Array | undefined;
  readonly position: bigint;
  /** The row's number, then its fields. */
  readonly fields: readonly string[];
}

/** One link's place and hash. */
export interface Link {
  readonly position: bigint;
  readonly hash: Uint8Array;
}

/** A fault of the chain; `seq` is the first row that it concerns. */
export interface ChainFault {
  readonly kind: "edited" | "deleted" | "inserted" | "backdated" | "cut" | "unsealed";
  readonly seq: string | null;
  readonly sentence: string;
  /** The link where times go back; only for the kind `backdated`. */
  readonly link?: Link;
}

const headRow = z.object({ position: z.coerce.bigint(), hash: z.instanceof(Uint8Array) });
const waitingRow = z.object({ seq: z.string(), fields: z.array(z.string()) });
/** Hashing this many rows blocks the process for a few milliseconds. */
const batch = 250;

/**
 * Adds links for up to 250 waiting rows, in order, and returns the last one; undefined when no row waited or another
 * process is sealing. Rows that commit late come later in the chain.
 */
export async function sealWaiting(database: Pick<Database, "transaction">, chain: Chain): Promise<Link | undefined> {
  return database.transaction(async (sql) => {
    const lock = await sql.row(
      z.object({ is_mine: z.boolean() }),
      "select pg_try_advisory_xact_lock(hashtext('audit_chain')) as is_mine",
    );
    if (lock?.is_mine !== true) return undefined;
    const waiting = await sql.rows(
      waitingRow,
      `select a.${chain.id}::text as seq, ${fieldsOf(chain)} as fields
       from audit_unsealed u join audit a on a.${chain.id} = u.seq order by u.seq limit ${batch}`,
    );
    let head = await findHead(sql);
    const made: { readonly position: string; readonly seq: string; readonly hash: Uint8Array }[] = [];
    for (const { seq, fields } of waiting) {
      const position: bigint = (head?.position ?? 0n) + 1n;
      head = { position, hash: chain.link({ previous: head?.hash, position, fields: [seq, ...fields] }) };
      made.push({ position: position.toString(), seq, hash: head.hash });
    }
    if (made.length === 0) return undefined;
    const sequences = made.map(({ seq }) => seq);
    await sql.run(
      `insert into audit_chain (position, seq, hash) select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])`,
      [made.map(({ position }) => position), sequences, made.map(({ hash }) => hash)],
    );
    await sql.run("delete from audit_unsealed where seq = any ($1::bigint[])", [sequences]);
    return head;
  });
}

/** The last link, or undefined in an empty chain. `c.position` sorts by number; `position` would be the text column. */
export async function findHead(sql: Sql): Promise<Link | undefined> {
  return sql.row(headRow, "select c.position::text, c.hash from audit_chain c order by c.position desc limit 1");
}

/** The link at a position, or undefined. */
export async function findLink(sql: Sql, position: bigint): Promise<Link | undefined> {
  return sql.row(headRow, "select c.position::text, c.hash from audit_chain c where c.position = $1", [
    position.toString(),
  ]);
}

/** The fields of a row as one array of text. No field may be null: use `coalesce` in its expression. */
export function fieldsOf({ fields }: Chain): string {
  return `array[${fields.map((field) => `(${field})::text`).join(", ")}]`;
}
