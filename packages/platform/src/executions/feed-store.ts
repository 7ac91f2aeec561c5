import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, type ExecutionStatus, jsonObject, type LiveEvent, type LogLine } from "@sealrun/protocol";
import { z } from "zod";
import { feedChannel } from "../postgres/channels.ts";

/** One event of an execution, as a live stream sends it; a line's cursor is its place in the feed. */
export type FeedEntry =
  | {
      readonly kind: "log";
      readonly step: number | null;
      readonly stream: LogLine["stream"];
      readonly body: Omit<LogLine, "cursor" | "stream">;
    }
  | { readonly kind: "step"; readonly step: number; readonly body: Omit<Extract<LiveEvent, { kind: "step" }>, "kind"> }
  | { readonly kind: "status"; readonly body: { readonly status: ExecutionStatus } };

const feedRow = z.object({
  cursor: z.string(),
  kind: z.enum(["log", "step", "status"]),
  stream: z.string().nullable(),
  body: jsonObject,
});
/** A stored entry. */
export type FeedRow = z.infer<typeof feedRow>;

/**
 * Appends to a feed, in order, and notifies live streams. Cursors go up by one: the row of the execution stays locked
 * until the transaction ends, so that no reader ever sees a later entry before an earlier one.
 */
export async function appendFeed(sql: Sql, id: ExecutionId, entries: readonly FeedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const moved = await sql.row(
    z.object({ cursor: z.string() }),
    "update executions set cursor = cursor + $2 where id = $1 returning cursor",
    [id, entries.length],
  );
  if (moved === undefined) return;
  await sql.run(
    `insert into execution_feed (execution_id, cursor, kind, step, stream, body)
     select $1, $2::bigint + given.place, given.kind, given.step, given.stream, given.body::json
     from unnest($3::text[], $4::int[], $5::text[], $6::text[])
       with ordinality as given (kind, step, stream, body, place)`,
    [
      id,
      String(BigInt(moved.cursor) - BigInt(entries.length)),
      entries.map(({ kind }) => kind),
      entries.map((entry) => (entry.kind === "status" ? null : entry.step)),
      entries.map((entry) => (entry.kind === "log" ? entry.stream : null)),
      entries.map(({ body }) => JSON.stringify(body)),
    ],
  );
  // Received by `live/feed-notices.ts`, which wakes `live/stream-execution.ts`.
  await sql.run("select pg_notify($1, $2)", [feedChannel, id]);
}

/** Writes the first entry of new executions, the status `queued`, and notifies live streams. */
export async function openFeeds(sql: Sql, ids: readonly ExecutionId[]): Promise<void> {
  const body = { status: "queued" } satisfies Extract<FeedEntry, { kind: "status" }>["body"];
  await sql.run(
    `insert into execution_feed (execution_id, cursor, kind, body)
     select id, 1, 'status', $2::json from unnest($1::text[]) as given (id)`,
    [ids, JSON.stringify(body)],
  );
  await sql.run("select pg_notify($1, id) from unnest($2::text[]) as given (id)", [feedChannel, ids]);
}

/** Entries after a cursor, oldest first. */
export async function readFeed(
  sql: Sql,
  id: ExecutionId,
  page: { readonly after: string; readonly limit: number; readonly kind?: FeedRow["kind"] },
): Promise<readonly FeedRow[]> {
  return sql.rows(
    feedRow,
    `select cursor, kind, stream, body from execution_feed
     where execution_id = $1 and cursor > $2::bigint and ($4::text is null or kind = $4) order by cursor limit $3`,
    [id, page.after, page.limit, page.kind ?? null],
  );
}

const outputRow = z.object({
  stream: z.string(),
  body: z.object({ text: z.string(), level: z.string().nullish() }),
});

/** The newest lines that a step wrote or logged, newest first; a logged line starts with its level. */
export async function readOutputBackwards(
  sql: Sql,
  id: ExecutionId,
  page: { readonly step: number; readonly limit: number; readonly offset: number },
): Promise<readonly string[]> {
  const rows = await sql.rows(
    outputRow,
    `select stream, body from execution_feed
     where execution_id = $1 and kind = 'log' and step = $2 and stream in ('stdout', 'stderr', 'sdk')
     order by cursor desc limit $3 offset $4`,
    [id, page.step, page.limit, page.offset],
  );
  return rows.map(({ stream, body: { text, level } }) =>
    stream === "sdk" && typeof level === "string" ? `${level.toUpperCase()} ${text}` : text,
  );
}
