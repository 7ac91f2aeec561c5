import { z } from "zod";
import { type Chain, type ChainFault, fieldsOf, findLink, type Link } from "./chain.ts";
import { type AcceptedBreak, readContinuation } from "./continuation.ts";
import type { Sql } from "../sql.ts";
import { countWaiting, findUnlinked } from "./unlinked-store.ts";

/** Where a check ended; the next one can continue there. */
export interface ChainEnd extends Link {
  /** The highest row number so far. */
  readonly lastSeq: bigint;
  /** The newest time since the last accepted break, in seconds since 1970. */
  readonly newest: number;
}

/** What a check found. */
export interface CheckedChain {
  /** Number of links checked now. */
  readonly checked: number;
  /** Number of rows that wait for their link. */
  readonly waiting: number;
  readonly end: ChainEnd | undefined;
  /** Accepted breaks among the checked links. */
  readonly accepted: readonly AcceptedBreak[];
  /** The first fault. Times that go back are reported only when there is no other fault. */
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
/** Rows are linked in the order of commits; a clock may be set back by less than this. */
const maxBackwardsSeconds = 600;

/**
 * Checks every link against its row, from the first one, or from the one after `from`, which must still be in the chain.
 * `known` are links seen by earlier checks.
 */
export async function verifyChain(
  sql: Sql,
  chain: Chain,
  { known = [], from }: { readonly known?: readonly (Link | undefined)[]; readonly from?: ChainEnd | undefined } = {},
): Promise<CheckedChain> {
  const walk: Walk = {
    chain,
    known: known.flatMap((link) => link ?? []),
    end: from,
    checked: 0,
    breaks: new Map(),
    accepted: [],
  };
  const { count: waiting } = await countWaiting(sql, chain);
  const fault =
    (await findReplaced(sql, from === undefined ? [] : [from, ...walk.known.filter(isUpTo(from))])) ??
    (await walkOn(sql, walk)) ??
    findCut(walk) ??
    (await findUnlinked(sql, chain, from?.lastSeq ?? 0n)) ??
    walk.breaks.values().next().value;
  return { checked: walk.checked, waiting, end: walk.end, accepted: walk.accepted, fault };
}

interface Walk {
  readonly chain: Chain;
  readonly known: readonly Link[];
  end: ChainEnd | undefined;
  checked: number;
  /** Places where times go back, by link, until a later row accepts them. */
  readonly breaks: Map<bigint, ChainFault>;
  readonly accepted: AcceptedBreak[];
}

const isUpTo =
  (from: Link) =>
  ({ position }: Link): boolean =>
    position <= from.position;

/** Finds a known link that is not read again and is no longer in the chain. */
async function findReplaced(sql: Sql, seen: readonly Link[]): Promise<ChainFault | undefined> {
  for (const { position, hash } of seen) {
    const now = await findLink(sql, position);
    if (now !== undefined && isSame(now.hash, hash)) continue;
    const what = now === undefined ? "is gone" : "was replaced";
    const sentence = `Link ${position}, which was checked before, ${what}: the end of the chain was cut off after that`;
    return { kind: "cut", seq: null, sentence };
  }
  return undefined;
}

async function walkOn(sql: Sql, walk: Walk): Promise<ChainFault | undefined> {
  const { chain } = walk;
  for (;;) {
    const rows = await sql.rows(
      linkRow,
      `select c.position::text, c.seq::text, c.hash, a.${chain.id} is not null as is_there, ${fieldsOf(chain)} as fields
       from audit_chain c left join audit a on a.${chain.id} = c.seq
       where c.position > $1 order by c.position limit ${page}`,
      [(walk.end?.position ?? 0n).toString()],
    );
    for (const row of rows) {
      const fault = checkLink(walk, row);
      if (fault !== undefined) return fault;
    }
    if (rows.length < page) return undefined;
  }
}

function checkLink(walk: Walk, row: z.infer<typeof linkRow>): ChainFault | undefined {
  const { position, seq, hash } = row;
  const expected = (walk.end?.position ?? 0n) + 1n;
  if (position !== expected) {
    const gone = position - expected === 1n ? `link ${expected}` : `links ${expected} to ${position - 1n}`;
    return { kind: "deleted", seq, sentence: `Before row ${seq}, ${gone} of the chain and their rows were removed` };
  }
  if (!row.is_there) return { kind: "deleted", seq, sentence: `Row ${seq} was removed` };
  const fields = row.fields.map((field) => field ?? "");
  const made = walk.chain.link({ previous: walk.end?.hash, position, fields: [seq, ...fields] });
  if (!isSame(made, hash)) {
    return { kind: "edited", seq, sentence: `Row ${seq}, or its link ${position}, is not what was sealed` };
  }
  const replaced = walk.known.find((link) => link.position === position && !isSame(link.hash, hash));
  if (replaced !== undefined) {
    return { kind: "cut", seq, sentence: `The chain was cut before link ${position} and sealed again from there` };
  }
  step(walk, { position, hash, seq: BigInt(seq), at: Number(fields[0]) });
  accept(walk, fields);
  return undefined;
}

/** Goes on by one link. After times go far back, the newest time restarts there, so that each leap is reported once. */
function step(walk: Walk, row: Link & { readonly seq: bigint; readonly at: number }): void {
  const { position, hash, seq, at } = row;
  const before = walk.end?.newest ?? 0;
  const isBack = at < before - maxBackwardsSeconds;
  if (isBack) {
    const times = `${showTime(at)}, but rows that were sealed before it say ${showTime(before)}`;
    const sentence = `Row ${seq} (link ${position}) says ${times}: it was added later, or the database's clock was wrong`;
    walk.breaks.set(position, { kind: "backdated", seq: seq.toString(), sentence, link: { position, hash } });
  }
  const lastSeq = walk.end === undefined || seq > walk.end.lastSeq ? seq : walk.end.lastSeq;
  walk.end = { position, hash, lastSeq, newest: isBack ? at : Math.max(before, at) };
  walk.checked += 1;
}

function accept(walk: Walk, fields: readonly string[]): void {
  const said = readContinuation(walk.chain, fields);
  const found = said === undefined ? undefined : walk.breaks.get(said.position);
  if (said === undefined || found?.link === undefined) return;
  if (Buffer.from(found.link.hash).toString("hex") !== said.hash) return;
  walk.breaks.delete(said.position);
  walk.accepted.push({ position: said.position, seq: found.seq ?? "", by: said.by, reason: said.reason });
}

function findCut({ end, known }: Walk): ChainFault | undefined {
  const last = end?.position ?? 0n;
  const missing = known.find(({ position }) => position > last);
  if (missing === undefined) return undefined;
  const sentence = `The chain ends at link ${last}, but link ${missing.position} was there: its end was cut off`;
  return { kind: "cut", seq: null, sentence };
}

function showTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
