import type { Sql } from "@sealrun/postgres";
import { executionId, type ExecutionId, isFinal } from "@sealrun/protocol";
import { z } from "zod";
import { feedChannel, feedPayload } from "../postgres/channels.ts";
import { type FeedBlock, type FeedEntry, maxBodyBytes, packBlocks } from "./feed-block.ts";
import { maxLiveBlocks, mergeBlocks, minLiveBlocks } from "./merge-blocks.ts";

export type { FeedEntry } from "./feed-block.ts";

/** What to append to the feed of one execution. */
export interface NewEntries {
  readonly id: ExecutionId;
  readonly entries: readonly FeedEntry[];
}

/** Appends to one feed, as `appendFeeds` does. */
export async function appendFeed(sql: Sql, id: ExecutionId, entries: readonly FeedEntry[]): Promise<void> {
  await appendFeeds(sql, [{ id, entries }]);
}

/**
 * Appends to feeds as `addToFeeds` does. Two more statements for a feed whose small blocks are merged: at each 16th call,
 * and at the end of its execution if there are several.
 */
export async function appendFeeds(sql: Sql, given: readonly NewEntries[]): Promise<void> {
  const live = await addToFeeds(sql, given);
  for (const [id, count] of live) {
    const ends = given.some((one) => one.id === id && endsFeed(one.entries));
    if (count >= (ends ? minLiveBlocks : maxLiveBlocks)) await settleFeed(sql, id);
  }
}

/**
 * Appends to feeds, in order, and notifies live streams; returns how many of a feed's newest blocks are live. Call it in
 * a transaction that holds the executions. Cursors go up by one: the row of an execution stays locked until the
 * transaction ends, so that no reader ever sees a later entry before an earlier one. One statement, which merges nothing.
 */
async function addToFeeds(sql: Sql, given: readonly NewEntries[]): Promise<ReadonlyMap<ExecutionId, number>> {
  return writeBlocks(
    sql,
    packFeeds(given).map((feed) => ({ ...feed, removed: [] })),
  );
}

/** What is added to a feed, as it is stored. */
export interface PackedFeed {
  readonly id: ExecutionId;
  /** How far the cursor moves. */
  readonly count: number;
  /** Only lines, and no step or status. */
  readonly isLines: boolean;
  /** `behind`: how far the last entry of the block is behind the last one of the feed. */
  readonly blocks: readonly (FeedBlock & { readonly behind: number })[];
}

/** Packs entries for `addBlocksFrom`; one for each feed that gets any. */
export function packFeeds(given: readonly NewEntries[]): readonly PackedFeed[] {
  const feeds = Map.groupBy(given, ({ id }) => id);
  return [...feeds].flatMap(([id, parts]) => {
    const entries = parts.flatMap((part) => part.entries);
    const blocks = placeAtEnd(packBlocks(entries, { mayGrow: true }));
    return entries.length === 0
      ? []
      : [{ id, count: entries.length, isLines: entries.every(({ kind }) => kind === "log"), blocks }];
  });
}

/**
 * Stores blocks, as SQL. `from` has the rows `moved` of executions, with ids and new cursors; `$first` and the six
 * parameters after it are `blockValues`. The statement notifies `feedChannel` of each feed: `live/feed-notices.ts`.
 */
export const addBlocksFrom = (from: string, first: number): string => `
  insert into feed_blocks (execution_id, last_cursor, entry_count, kinds, steps, is_live, body)
  select moved.id, moved.cursor - given.behind, given.entry_count, given.kinds, given.steps, given.is_live, given.body
  from ${from} join unnest($${first}::text[], $${first + 1}::int[], $${first + 2}::int[], $${first + 3}::int[],
                           $${first + 4}::bigint[], $${first + 5}::boolean[], $${first + 6}::bytea[])
    as given (execution_id, behind, entry_count, kinds, steps, is_live, body) on given.execution_id = moved.id`;

/** The parameters of `addBlocksFrom`. */
export function blockValues(feeds: readonly PackedFeed[]): readonly unknown[] {
  const blocks = feeds.flatMap(({ id, blocks: own }) => own.map((block) => ({ ...block, id })));
  return [
    blocks.map(({ id }) => id),
    blocks.map(({ behind }) => behind),
    blocks.map(({ count }) => count),
    blocks.map(({ kinds }) => kinds),
    blocks.map(({ steps }) => String(steps)),
    blocks.map(({ isLive }) => isLive),
    blocks.map(({ body }) => body),
  ];
}

function endsFeed(entries: readonly FeedEntry[]): boolean {
  return entries.some((entry) => entry.kind === "status" && isFinal(entry.body.status));
}

/**
 * Merges small blocks: after the end of an execution, those that late reports added, once no more are expected. The
 * caller holds the execution.
 */
export async function settleFeed(sql: Sql, id: ExecutionId): Promise<void> {
  const rows = await sql.rows(
    liveRow,
    `select e.cursor, b.last_cursor, b.entry_count, b.body
     from executions e join feed_blocks b on b.execution_id = e.id
     where e.id = $1 and b.is_live and octet_length(b.body) <= $2 order by b.last_cursor`,
    [id, maxBodyBytes],
  );
  const end = rows[0]?.cursor;
  if (end === undefined || rows.length < minLiveBlocks) return;
  const { removed, added } = mergeBlocks(rows);
  const blocks = added.map((block) => ({ ...block, behind: Number(end - block.lastCursor) }));
  await writeBlocks(sql, [{ id, count: 0, isLines: true, blocks, removed }]);
}

const liveRow = z
  .object({
    cursor: z.coerce.bigint(),
    last_cursor: z.coerce.bigint(),
    entry_count: z.number(),
    body: z.instanceof(Uint8Array),
  })
  .transform(({ last_cursor: lastCursor, entry_count: count, ...row }) => ({ ...row, lastCursor, count }));

/**
 * Deletes entries of these executions, about `maxEntries` of them; true when none is left. The caller holds the
 * executions, so that nothing is added meanwhile.
 */
export async function deleteFeed(sql: Sql, ids: readonly ExecutionId[], maxEntries: number): Promise<boolean> {
  // A block holds up to some hundred entries, and is as large as ten rows.
  const maxBlocks = Math.ceil(maxEntries / 10);
  const deleted = await sql.row(
    z.object({ blocks: z.number(), rows: z.number() }),
    `with blocks as (
       delete from feed_blocks where ctid = any (array(
         select ctid from feed_blocks where execution_id = any ($1) limit $2)) returning 1),
     old as (
       delete from execution_feed where ctid = any (array(
         select ctid from execution_feed where execution_id = any ($1) limit $3)) returning 1)
     select (select count(*)::int from blocks) as blocks, (select count(*)::int from old) as rows`,
    [ids, maxBlocks, maxEntries],
  );
  return deleted !== undefined && deleted.blocks < maxBlocks && deleted.rows < maxEntries;
}

/** How many of the newest blocks of a feed are live, as SQL. */
export const liveBlocksOf = (id: string): string => `(
  select count(*)::int from (
    select b.is_live from feed_blocks b where b.execution_id = ${id}
    order by b.last_cursor desc limit ${maxLiveBlocks}) newest
  where newest.is_live)`;

interface BlocksToWrite extends PackedFeed {
  /** Last cursors of the blocks that these replace. */
  readonly removed: readonly bigint[];
}

function placeAtEnd(blocks: readonly FeedBlock[]): PackedFeed["blocks"] {
  let behind = blocks.reduce((sum, { count }) => sum + count, 0);
  return blocks.map((block) => {
    behind -= block.count;
    return { ...block, behind };
  });
}

/** Writes blocks, moves cursors and notifies live streams. Returns how many of a feed's newest blocks are live. */
async function writeBlocks(sql: Sql, feeds: readonly BlocksToWrite[]): Promise<ReadonlyMap<ExecutionId, number>> {
  if (feeds.length === 0) return new Map();
  const removed = feeds.flatMap(({ id, removed: own }) => own.map((lastCursor) => ({ id, lastCursor })));
  // The insert reads "emptied", so the removed blocks are gone before it.
  const rows = await sql.rows(
    z.object({ id: executionId, live: z.number() }),
    `with moved as (
       update executions e set cursor = e.cursor + feed.count
       from unnest($1::text[], $2::int[], $13::boolean[]) as feed (id, count, is_lines)
       where e.id = feed.id returning e.id, e.cursor, feed.is_lines
     ), gone as (
       delete from feed_blocks b using unnest($3::text[], $4::bigint[]) as old (execution_id, last_cursor)
       where b.execution_id = old.execution_id and b.last_cursor = old.last_cursor returning b.last_cursor
     ), emptied as (
       select count(*) from gone
     ), added as (
       ${addBlocksFrom("emptied, moved", 5)}
       returning execution_id, is_live
     )
     select moved.id, pg_notify($12, ${feedPayload("moved.id", "moved.is_lines")}),
            (select count(*)::int from added where is_live and added.execution_id = moved.id)
              + ${liveBlocksOf("moved.id")} as live
     from moved`,
    [
      feeds.map(({ id }) => id),
      feeds.map(({ count }) => count),
      removed.map(({ id }) => id),
      removed.map(({ lastCursor }) => String(lastCursor)),
      ...blockValues(feeds),
      // Received by `live/feed-notices.ts`, which wakes `live/stream-execution.ts`.
      feedChannel,
      feeds.map(({ isLines }) => isLines),
    ],
  );
  return new Map(rows.map(({ id, live }) => [id, live]));
}
