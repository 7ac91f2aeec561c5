import { z } from "zod";
import { type Chain, fieldsOf, type Link } from "./chain.ts";
import type { Sql } from "./database.ts";

/** What can be wrong; `seq` is the first row it is about. */
export interface ChainFault {
  readonly kind: "edited" | "deleted" | "inserted" | "backdated" | "cut" | "unsealed";
  readonly seq: string | null;
  readonly sentence: string;
}

/** What a check of the whole chain found. */
export interface CheckedChain {
  readonly checked: number;
  /** Rows that wait for their link. */
  readonly waiting: number;
  readonly head: Link | undefined;
  /** The first thing that is wrong. */
  readonly fault: ChainFault | undefined;
}

const linkRow = z.object({
  position: z.coerce.bigint(),
  seq: z.string(),
  hash: z.instanceof(Uint8Array),
  is_there: z.boolean(),
  fields: z.array(z.string().nullable()),
});
const page = 500;
/** A row is linked within seconds, in the order of commits; a clock may be set back by less than this. */
const mostBackwardsSeconds = 600;
const mostWaitSeconds = 60;

/** Checks every link against its row, from the first one; `known` are links that were seen before, by position. */
export async function verifyChain(
  sql: Sql,
  chain: Chain,
  known: readonly (Link | undefined)[] = [],
): Promise<CheckedChain> {
  const walk: Walk = { chain, head: undefined, newest: 0, checked: 0, known: known.flatMap((link) => link ?? []) };
  const waiting = await countWaiting(sql);
  for (;;) {
    const rows = await sql.rows(
      linkRow,
      `select c.position::text, c.seq::text, c.hash, a.${chain.id} is not null as is_there, ${fieldsOf(chain)} as fields
       from audit_chain c left join audit a on a.${chain.id} = c.seq
       where c.position > $1 order by c.position limit ${page}`,
      [(walk.head?.position ?? 0n).toString()],
    );
    for (const row of rows) {
      const fault = checkLink(walk, row);
      if (fault !== undefined) return { checked: walk.checked, waiting, head: walk.head, fault };
      walk.head = { position: row.position, hash: row.hash };
      walk.checked += 1;
    }
    if (rows.length < page) break;
  }
  const fault = findCut(walk) ?? (await findUnlinked(sql, chain));
  return { checked: walk.checked, waiting, head: walk.head, fault };
}

interface Walk {
  readonly chain: Chain;
  readonly known: readonly Link[];
  head: Link | undefined;
  /** Of the times so far, in seconds since 1970. */
  newest: number;
  checked: number;
}

function checkLink(walk: Walk, row: z.infer<typeof linkRow>): ChainFault | undefined {
  const { position, seq } = row;
  const expected = (walk.head?.position ?? 0n) + 1n;
  if (position !== expected) {
    const gone = position - expected === 1n ? `link ${expected}` : `links ${expected} to ${position - 1n}`;
    return { kind: "deleted", seq, sentence: `Before row ${seq}, ${gone} of the chain and their rows were removed` };
  }
  if (!row.is_there) return { kind: "deleted", seq, sentence: `Row ${seq} was removed` };
  const fields = row.fields.map((field) => field ?? "");
  const hash = walk.chain.link({ previous: walk.head?.hash, position, fields: [seq, ...fields] });
  if (!isSame(hash, row.hash)) {
    return { kind: "edited", seq, sentence: `Row ${seq}, or its link ${position}, is not what was sealed` };
  }
  const replaced = walk.known.find((link) => link.position === position && !isSame(link.hash, row.hash));
  if (replaced !== undefined) {
    return { kind: "cut", seq, sentence: `The chain was cut before link ${position} and sealed again from there` };
  }
  const at = Number(fields[0]);
  if (at < walk.newest - mostBackwardsSeconds) {
    return {
      kind: "backdated",
      seq,
      sentence: `Row ${seq} bears a time long before rows that were sealed earlier: it was added later, or the database's clock was set back`,
    };
  }
  walk.newest = Math.max(walk.newest, at);
  return undefined;
}

function findCut({ head, known }: Walk): ChainFault | undefined {
  const end = head?.position ?? 0n;
  const missing = known.find(({ position }) => position > end);
  if (missing === undefined) return undefined;
  const sentence = `The chain ends at link ${end}, but link ${missing.position} was there: its end was cut off`;
  return { kind: "cut", seq: null, sentence };
}

const strangeRow = z.object({
  inserted: z.string().nullable(),
  removed: z.string().nullable(),
  late: z.string().nullable(),
});

/** Rows and links apart from each other; in one statement, so that a row that is being sealed is on one side. */
async function findUnlinked(sql: Sql, { id }: Chain): Promise<ChainFault | undefined> {
  const found = await sql.row(
    strangeRow,
    `select
       (select min(a.${id})::text from audit a
        where not exists (select from audit_chain c where c.seq = a.${id})
          and not exists (select from audit_unsealed u where u.seq = a.${id})) as inserted,
       (select min(u.seq)::text from audit_unsealed u
        where not exists (select from audit a where a.${id} = u.seq)) as removed,
       (select min(u.seq)::text from audit_unsealed u join audit a on a.${id} = u.seq
        where a.at < clock_timestamp() - make_interval(secs => ${mostWaitSeconds})) as late`,
  );
  const { inserted = null, removed = null, late = null } = found ?? {};
  if (inserted !== null) {
    return { kind: "inserted", seq: inserted, sentence: `Row ${inserted} is in no link: it did not come as rows do` };
  }
  if (removed !== null) return { kind: "deleted", seq: removed, sentence: `Row ${removed} was removed` };
  if (late === null) return undefined;
  const sentence = `Row ${late} waits for its link for more than ${mostWaitSeconds} s; see the log of the process that seals`;
  return { kind: "unsealed", seq: late, sentence };
}

async function countWaiting(sql: Sql): Promise<number> {
  const row = await sql.row(z.object({ waiting: z.coerce.number() }), "select count(*) as waiting from audit_unsealed");
  return row?.waiting ?? 0;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
