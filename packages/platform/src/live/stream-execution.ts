import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, isFinal } from "@sealrun/protocol";
import { createBell } from "./bell.ts";
import { type FeedRow, readFeed } from "../executions/feed-store.ts";
import { findProgress } from "../executions/progress-store.ts";
import type { FeedNotices } from "./feed-notices.ts";

const pageRows = 500;
const keepAliveMs = 15_000;
/** How often to check an ended execution whose last reports have not arrived. */
const recheckMs = 1_000;

/** What a live stream reads from. */
export interface LiveSource {
  readonly sql: Sql;
  readonly notices: FeedNotices;
  /** Ends the stream early. */
  readonly signal: AbortSignal;
}

/**
 * The server-sent events of an execution after a cursor: existing entries first, then new ones. `end` follows when the
 * execution is over and its reports have arrived, or the platform no longer waits for them. A comment every 15 seconds
 * keeps the connection open.
 */
export async function* streamEvents(source: LiveSource, id: ExecutionId, after: string): AsyncGenerator<string> {
  const bell = createBell(source.signal);
  const unsubscribe = source.notices.subscribe(id, bell.ring);
  let cursor = after;
  try {
    yield ": sealrun\n\n";
    while (!source.signal.aborted) {
      const rung = bell.listen();
      const rows = await readFeed(source.sql, id, { after: cursor, limit: pageRows });
      if (rows.length > 0) yield rows.map(formatRow).join("");
      cursor = rows.at(-1)?.cursor ?? cursor;
      if (rows.length === pageRows) continue;
      const progress = await findProgress(source.sql, id);
      const isOver = isFinal(progress.status) && (progress.isComplete || progress.isStale);
      const isCaughtUp = BigInt(progress.cursor) <= BigInt(cursor);
      if (isOver && isCaughtUp) {
        yield format("end", cursor, { status: progress.status });
        return;
      }
      if (!isCaughtUp) continue;
      const isRung = await rung(isFinal(progress.status) ? recheckMs : keepAliveMs);
      if (!isRung && !isFinal(progress.status)) yield ": still here\n\n";
    }
  } finally {
    unsubscribe();
  }
}

function formatRow({ cursor, kind, stream, body }: FeedRow): string {
  return format(kind, cursor, kind === "log" ? { line: { cursor, stream, ...body } } : body);
}

/** JSON text has no line breaks, so one data field holds it. */
function format(event: string, cursor: string, body: object): string {
  return `event: ${event}\nid: ${cursor}\ndata: ${JSON.stringify(body)}\n\n`;
}
