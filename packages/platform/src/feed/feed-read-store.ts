import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, jsonObject } from "@sealrun/protocol";
import { z } from "zod";
import {
  allKinds,
  type FeedEntry,
  kindBit,
  lineKinds,
  maxBodyBytes,
  outputKinds,
  readRowEntry,
  stepBit,
  unpackBlock,
} from "./feed-block.ts";

/** A stored entry. */
export interface FeedRow {
  readonly cursor: string;
  readonly kind: FeedEntry["kind"];
  readonly stream: string | null;
  readonly body: object;
}

/** Entries after a cursor, oldest first. The execution exists. */
export async function readFeed(
  sql: Sql,
  id: ExecutionId,
  page: { readonly after: string; readonly limit: number; readonly kind?: "log" },
): Promise<readonly FeedRow[]> {
  const kinds = page.kind === undefined ? allKinds : lineKinds;
  const found: FeedRow[] = [];
  const start = BigInt(page.after);
  const places = readPlaces(sql, id, { direction: "up", from: start, kinds, step: null, hint: page.limit });
  let isFirst = start === 0n && page.kind === undefined;
  for await (const { cursor, entry } of places) {
    // A feed that is stored in blocks starts with a status that is not stored.
    if (isFirst && cursor !== 1n) found.push(queued);
    isFirst = false;
    const stream = entry.kind === "log" ? entry.stream : null;
    if (found.length < page.limit) found.push({ cursor: String(cursor), kind: entry.kind, stream, body: entry.body });
    if (found.length >= page.limit) return found;
  }
  return isFirst ? [queued] : found;
}

const queued: FeedRow = { cursor: "1", kind: "status", stream: null, body: { status: "queued" } };

/** The lines that a step wrote or logged, newest first; a logged line starts with its level. */
export async function* readOutputBackwards(sql: Sql, id: ExecutionId, step: number): AsyncGenerator<string> {
  const from = 2n ** 63n - 1n;
  const places = readPlaces(sql, id, { direction: "down", from, kinds: outputKinds, step, hint: 1_000 });
  for await (const { entry } of places) {
    if (entry.kind !== "log") continue;
    const { level, text } = entry.body;
    yield entry.stream === "sdk" && level !== null ? `${level.toUpperCase()} ${text}` : text;
  }
}

interface Wanted {
  readonly direction: "up" | "down";
  /** The cursor before the first entry, in this direction. */
  readonly from: bigint;
  readonly kinds: number;
  /** Only the lines of this step. */
  readonly step: number | null;
  /** About as many entries are wanted: one statement reads no more blocks than hold so many. */
  readonly hint: number;
}

interface Place {
  readonly cursor: bigint;
  readonly entry: FeedEntry;
  /** The entry only says that others cannot be read, so no filter applies to it. */
  readonly isNotice?: boolean;
}

/** Entries of these kinds, in this direction. Rows from before there were blocks are read too. */
async function* readPlaces(sql: Sql, id: ExecutionId, wanted: Wanted): AsyncGenerator<Place> {
  const isUp = wanted.direction === "up";
  let { from } = wanted;
  for (;;) {
    const rows = await readRows(sql, id, { ...wanted, from });
    for (const row of rows) {
      const places = placesOf(row);
      for (const place of isUp ? places : places.toReversed()) {
        const isNew = isUp ? place.cursor > from : place.cursor < from;
        if (isNew && (place.isNotice === true || isWanted(place.entry, wanted))) yield place;
      }
      from = isUp ? row.lastCursor : row.lastCursor - BigInt(row.count) + 1n;
    }
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    if (rows.length < maxRows && count < wanted.hint) return;
  }
}

function isWanted(entry: FeedEntry, { kinds, step }: Wanted): boolean {
  if ((kindBit(entry) & kinds) === 0) return false;
  return step === null || (entry.kind !== "status" && entry.step === step);
}

/** Rows in one statement: it holds them in memory. */
const maxRows = 256;

const storedRow = z
  .object({
    last_cursor: z.coerce.bigint(),
    entry_count: z.number(),
    body: z.instanceof(Uint8Array).nullable(),
    kind: z.string().nullable(),
    step: z.number().nullable(),
    stream: z.string().nullable(),
    entry: jsonObject.nullable(),
  })
  .transform(({ last_cursor: lastCursor, entry_count: count, ...row }) => ({ ...row, lastCursor, count }));
/** A block, or one entry from before there were blocks. */
type StoredRow = z.infer<typeof storedRow>;

/** The next rows, and no more than hold the wanted number of entries. A body that is too large is left out. */
async function readRows(sql: Sql, id: ExecutionId, wanted: Wanted): Promise<readonly StoredRow[]> {
  const { kinds, step } = wanted;
  const [isNext, order] = wanted.direction === "up" ? [">", "asc"] : ["<", "desc"];
  // A block may be merged with later ones between two statements, so its first entry decides on the way down.
  const next = wanted.direction === "up" ? "last_cursor" : "last_cursor - entry_count + 1";
  return sql.rows(
    storedRow,
    `with blocks as (
       select last_cursor, entry_count, case when octet_length(body) <= $5 then body end as body,
              null::text as kind, null::int as step, null::text as stream, null::json as entry
       from feed_blocks
       where execution_id = $1 and ${next} ${isNext} $2::bigint
         and kinds & $3 <> 0 and ($4::bigint is null or steps & $4 <> 0)
       order by last_cursor ${order} limit ${maxRows}),
     old as (
       select cursor, 1, null::bytea, kind, step, stream, body from execution_feed
       where execution_id = $1 and cursor ${isNext} $2::bigint and ($6::text is null or kind = $6)
         and ($7::int is null or step = $7)
       order by cursor ${order} limit ${maxRows}),
     found as (
       select both_forms.*, sum(entry_count) over (order by last_cursor ${order}) - entry_count as before
       from (select * from blocks union all select * from old) both_forms
       order by last_cursor ${order} limit ${maxRows})
     select last_cursor, entry_count, body, kind, step, stream, entry from found
     where before < $8 order by last_cursor ${order}`,
    [
      id,
      String(wanted.from),
      kinds,
      step === null ? null : String(stepBit(step)),
      maxBodyBytes,
      kinds === allKinds ? null : "log",
      step,
      wanted.hint,
    ],
  );
}

function placesOf(row: StoredRow): readonly Place[] {
  const { lastCursor, count, kind, entry } = row;
  const read =
    kind !== null && entry !== null
      ? readRowEntry({ ...row, kind, body: entry })
      : row.body === null
        ? { kind: "damaged" as const, reason: `it has more than ${maxBodyBytes} bytes` }
        : unpackBlock(row.body, count);
  if (read.kind === "damaged") return [{ cursor: lastCursor, entry: damageNotice(row, read.reason), isNotice: true }];
  const before = lastCursor - BigInt(read.entries.length);
  return read.entries.map((each, index) => ({ cursor: before + BigInt(index + 1), entry: each }));
}

/** Takes the place of what cannot be read, so that everything else of the log can. */
function damageNotice({ lastCursor, count }: StoredRow, reason: string): FeedEntry {
  const first = lastCursor - BigInt(count) + 1n;
  const which = count === 1 ? `Entry ${lastCursor}` : `Entries ${first} to ${lastCursor}`;
  const text = `${which} of this log cannot be read (${reason}); the database was damaged, or changed outside of sealrun. Restore it from a backup`;
  return {
    kind: "log",
    step: null,
    stream: "system",
    body: { step: null, level: "error", text, time: new Date(0).toISOString() },
  };
}
