import type { Sql } from "@sealrun/postgres";
import { type EarlyLine, type ExecutionId, isFinal } from "@sealrun/protocol";
import { createBell } from "./bell.ts";
import { type FeedRow, readFeed } from "../feed/feed-read-store.ts";
import { findProgress } from "../executions/progress-store.ts";
import type { FeedNotices } from "./feed-notices.ts";
import { createFirstLine, type EarlyLines } from "./first-line.ts";

const pageRows = 500;
const keepAliveMs = 15_000;
/** How often to check an ended execution whose last reports have not arrived. */
const recheckMs = 1_000;

/** What a live stream reads from. */
export interface LiveSource {
  readonly sql: Sql;
  readonly notices: Pick<FeedNotices, "subscribe">;
  readonly lines: EarlyLines;
  /** Ends the stream early. */
  readonly signal: AbortSignal;
}

/**
 * The server-sent events of an execution after a cursor: existing entries first, then new ones. The first line of a run
 * comes as `early`, without an id, when its report arrives, and as `log` once it is stored. `end` follows when the
 * execution is over and its reports have arrived, or the platform no longer waits for them. A comment every 15 seconds
 * keeps the connection open.
 */
export async function* streamEvents(source: LiveSource, id: ExecutionId, after: string): AsyncGenerator<string> {
  const bell = createBell(source.signal);
  let changes = 0;
  const unsubscribe = source.notices.subscribe(id, () => {
    changes += 1;
    bell.ring();
  });
  const firstLine = createFirstLine({ ...source, ring: bell.ring }, id);
  let cursor = after;
  /** Where the feed ended before the last read of it. */
  let known = 0n;
  try {
    yield ": sealrun\n\n";
    while (!source.signal.aborted) {
      const rung = bell.listen();
      const seen = changes;
      const rows = await readFeed(source.sql, id, { after: cursor, limit: pageRows });
      if (rows.some(isOutput)) firstLine.end();
      if (rows.length > 0) yield rows.map(formatRow).join("");
      // Entries that exist no longer are passed over.
      cursor = rows.at(-1)?.cursor ?? (known > BigInt(cursor) ? String(known) : cursor);
      if (rows.length === pageRows) continue;
      const progress = await findProgress(source.sql, id);
      known = BigInt(progress.cursor);
      const isOver = isFinal(progress.status) && (progress.isComplete || progress.isStale);
      const { status, logDeleted } = progress;
      // Entries that retention deleted never come.
      const isCaughtUp = logDeleted !== null || known <= BigInt(cursor);
      if (isOver && isCaughtUp) {
        yield format("end", cursor, logDeleted === null ? { status } : { status, logDeleted });
        return;
      }
      if (!isCaughtUp) continue;
      await firstLine.follow(progress);
      // Without a change since the read, the reader has all that is stored: no look at the database is needed.
      const takeLine = (): EarlyLine | undefined => (changes === seen ? firstLine.take(progress) : undefined);
      let line = takeLine();
      const isRung = line !== undefined || (await rung(isFinal(status) ? recheckMs : keepAliveMs));
      line ??= takeLine();
      if (line !== undefined) yield formatEarly(line);
      if (!isRung && !isFinal(status)) yield ": still here\n\n";
    }
  } finally {
    firstLine.end();
    unsubscribe();
  }
}

/** True for a line that an executor reported. */
function isOutput({ kind, stream }: FeedRow): boolean {
  return kind === "log" && stream !== "system";
}

/** Without an id: a reader that reconnects continues after what is stored. */
function formatEarly(line: EarlyLine): string {
  return `event: early\ndata: ${JSON.stringify({ line })}\n\n`;
}

function formatRow({ cursor, kind, stream, body }: FeedRow): string {
  return format(kind, cursor, kind === "log" ? { line: { cursor, stream, ...body } } : body);
}

/** JSON text has no line breaks, so one data field holds it. */
function format(event: string, cursor: string, body: object): string {
  return `event: ${event}\nid: ${cursor}\ndata: ${JSON.stringify(body)}\n\n`;
}
