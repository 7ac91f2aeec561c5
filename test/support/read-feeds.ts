import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, executionId } from "@sealrun/protocol";
import { z } from "zod";
import { type FeedRow, readFeed } from "../../packages/platform/src/feed/feed-read-store.ts";

const pageRows = 5_000;

/** The whole feed of each of these executions, by default of all: their rows are compressed, so SQL cannot look into them. */
export async function* readFeeds(
  sql: Sql,
  only?: readonly string[],
): AsyncGenerator<{ readonly id: ExecutionId; readonly rows: readonly FeedRow[] }> {
  const found = await sql.rows(z.object({ id: executionId }), "select id from executions order by number");
  for (const { id } of found) {
    if (only !== undefined && !only.includes(id)) continue;
    const rows: FeedRow[] = [];
    for (let page: readonly FeedRow[] | undefined; page === undefined || page.length === pageRows;) {
      page = await readFeed(sql, id, { after: rows.at(-1)?.cursor ?? "0", limit: pageRows });
      rows.push(...page);
    }
    yield { id, rows };
  }
}

/** The text of a line; undefined for a step and a status. */
export function lineOf({ kind, body }: FeedRow): string | undefined {
  return kind === "log" && "text" in body ? String(body.text) : undefined;
}
