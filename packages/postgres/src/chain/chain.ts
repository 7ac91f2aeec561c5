import { DatabaseError } from "pg";
import { z } from "zod";
import type { Sql } from "../sql.ts";

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
const waitingRow = z
  .object({
    seq: z.string(),
    fields: z.array(z.string()),
    head_position: z.coerce.bigint().nullable(),
    head_hash: z.instanceof(Uint8Array).nullable(),
  })
  .transform(({ head_position: position, head_hash: hash, ...row }) => ({
    ...row,
    head: position === null || hash === null ? undefined : { position, hash },
  }));
/** Hashing this many rows blocks the process for a few milliseconds. */
const batch = 250;

/** What one turn of the sealer did. */
interface SealedBatch {
  /** The last link that was added; undefined when there was none to add, or another process is sealing. */
  readonly head: Link | undefined;
  /** The link that was the last one before; undefined for an empty chain. */
  readonly previous: Link | undefined;
  /** True when the batch was full, or another process is sealing: it may not have seen the newest rows. */
  readonly isMoreWaiting: boolean;
}

/**
 * Adds links for up to 250 waiting rows, in order. Rows that commit late come later in the chain. Nothing is locked
 * between reading and writing: a link that another process has added meanwhile makes this batch useless, and it is left.
 */
export async function sealBatch(sql: Sql, chain: Chain): Promise<SealedBatch> {
  const waiting = await sql.rows(
    waitingRow,
    `select a.${chain.id}::text as seq, ${fieldsOf(chain)} as fields,
            head.position::text as head_position, head.hash as head_hash
     from audit_unsealed u join audit a on a.${chain.id} = u.seq left join (${newestLink}) head on true
     order by u.seq limit ${batch}`,
  );
  const previous = waiting[0]?.head;
  let head: Link | undefined = previous;
  const made: (Link & { readonly seq: string })[] = [];
  for (const { seq, fields } of waiting) {
    const position: bigint = (head?.position ?? 0n) + 1n;
    head = { position, hash: chain.link({ previous: head?.hash, position, fields: [seq, ...fields] }) };
    made.push({ ...head, seq });
  }
  if (made.length === 0) return { head: undefined, previous, isMoreWaiting: false };
  if (!(await addLinks(sql, made))) return { head: undefined, previous, isMoreWaiting: true };
  return { head, previous, isMoreWaiting: made.length === batch };
}

/** Adds all of these links, or none and answers false: another process is adding links, or has added some. */
async function addLinks(sql: Sql, made: readonly (Link & { readonly seq: string })[]): Promise<boolean> {
  try {
    const row = await sql.row(
      z.object({ count: z.number() }),
      `with mine as (
         select where pg_try_advisory_xact_lock(hashtext('audit_chain'))
           and not exists (select from audit_chain where position >= ($1::bigint[])[1])
       ), linked as (
         insert into audit_chain (position, seq, hash)
         select given.* from mine, unnest($1::bigint[], $2::bigint[], $3::bytea[]) as given returning seq
       ), sealed as (
         delete from audit_unsealed u using linked where u.seq = linked.seq)
       select count(*)::int as count from linked`,
      [made.map(({ position }) => position.toString()), made.map(({ seq }) => seq), made.map(({ hash }) => hash)],
    );
    return row?.count === made.length;
  } catch (error) {
    // Another process added its links after this statement began and before it got the lock.
    if (error instanceof DatabaseError && error.constraint === "audit_chain_pkey") return false;
    throw error;
  }
}

/** Seals all waiting rows, except while another process does. */
export async function sealWaiting(sql: Sql, chain: Chain): Promise<void> {
  while ((await sealBatch(sql, chain)).head !== undefined);
}

/** True when a row waits for its link. */
export async function isAnyWaiting(sql: Pick<Sql, "row">): Promise<boolean> {
  const row = await sql.row(z.object({ is_any: z.boolean() }), "select exists (select from audit_unsealed) as is_any");
  return row?.is_any === true;
}

/** `c.position` sorts by number; `position` would be the text column. */
const newestLink = "select c.position, c.hash from audit_chain c order by c.position desc limit 1";

/** The last link, or undefined in an empty chain. */
export async function findHead(sql: Sql): Promise<Link | undefined> {
  return sql.row(headRow, newestLink);
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
