import type { Sql } from "@sealrun/postgres";
import { type AttemptRef, limits, type ReportItem, reportItem } from "@sealrun/protocol";
import { z } from "zod";

const chunkRow = z.object({ sequence: z.number(), items: z.array(reportItem) });

/** Stores a chunk once; false when it is stored already. */
export async function keepChunk(
  sql: Sql,
  of: AttemptRef,
  sequence: number,
  items: readonly ReportItem[],
): Promise<boolean> {
  const added = await sql.run(
    `insert into report_chunks (execution_id, attempt, sequence, items) values ($1, $2, $3, $4) on conflict do nothing`,
    [of.executionId, of.attempt, sequence, JSON.stringify(items)],
  );
  return added === 1;
}

/** Takes the waiting chunks in order: all of them with `overGaps`, otherwise those before the first gap. */
export async function takeChunks(
  sql: Sql,
  of: AttemptRef,
  options: { readonly overGaps: boolean },
): Promise<readonly ReportItem[]> {
  const applied = await sql.row(
    z.object({ applied_sequence: z.number() }),
    "select applied_sequence from attempts where execution_id = $1 and attempt = $2 for update",
    [of.executionId, of.attempt],
  );
  const waiting = await sql.rows(
    chunkRow,
    `select sequence, items from report_chunks
     where execution_id = $1 and attempt = $2 and items is not null order by sequence`,
    [of.executionId, of.attempt],
  );
  let last = applied?.applied_sequence ?? 0;
  const taken: z.infer<typeof chunkRow>[] = [];
  for (const chunk of waiting) {
    if (chunk.sequence !== last + 1 && !options.overGaps) break;
    taken.push(chunk);
    last = Math.max(last, chunk.sequence);
  }
  if (taken.length > 0) {
    const sequences = taken.map(({ sequence }) => sequence);
    await sql.run(
      "update report_chunks set items = null where execution_id = $1 and attempt = $2 and sequence = any ($3::int[])",
      [of.executionId, of.attempt, sequences],
    );
    await sql.run("update attempts set applied_sequence = $3 where execution_id = $1 and attempt = $2", [
      of.executionId,
      of.attempt,
      last,
    ]);
  }
  return taken.flatMap(({ items }) => items);
}

/** Adds rows of one attempt to the receipt of its execution. */
export async function addReceipts(
  sql: Sql,
  of: AttemptRef,
  reads: readonly Extract<ReportItem, { type: "read" }>[],
): Promise<void> {
  if (reads.length === 0) return;
  await sql.run(
    `insert into receipts (execution_id, attempt, step, name, scope, version, outcome, at, owner_id)
     select e.id, $2, given.*, case given.scope when 'service' then e.package_id when 'project' then e.project_id
       when 'platform' then (select platform_id from installation) end
     from unnest($3::int[], $4::text[], $5::text[], $6::int[], $7::text[], $8::timestamptz[])
       as given (step, name, scope, version, outcome, at)
     join executions e on e.id = $1`,
    [
      of.executionId,
      of.attempt,
      reads.map(({ step }) => step),
      // A script may ask for any text: cut it, and replace the character that PostgreSQL refuses.
      reads.map(({ name }) => name.slice(0, 128).replaceAll("\0", "\u{FFFD}")),
      reads.map(({ scope }) => scope),
      reads.map(({ version }) => (version !== null && version <= 2_147_483_647 ? version : null)),
      reads.map(({ outcome }) => outcome),
      reads.map(({ time }) => readTime(time)),
    ],
  );
}

/** An executor may send any number as a time; an invalid one becomes the start of 1970. */
export function readTime(time: number): Date {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) || Math.abs(time) > 8e12 ? new Date(0) : date;
}

/** Sequences up to the last one whose chunks are not stored; at most the first thousand. */
export async function listMissing(sql: Sql, of: AttemptRef, lastSequence: number): Promise<readonly number[]> {
  const rows = await sql.rows(
    z.object({ sequence: z.number() }),
    `select given.sequence from generate_series(1, $3::int) as given (sequence)
     where not exists (select from report_chunks c
                       where c.execution_id = $1 and c.attempt = $2 and c.sequence = given.sequence)
     order by given.sequence limit $4`,
    [of.executionId, of.attempt, lastSequence, limits.missingChunks],
  );
  return rows.map(({ sequence }) => sequence);
}

/**
 * True while reports of an attempt may change steps: its execution was not put back and has no newer attempt. Lines and
 * reads are kept in any case, because they happened.
 */
export async function isNewest(sql: Sql, of: AttemptRef): Promise<boolean> {
  const row = await sql.row(
    z.object({ is_newest: z.boolean() }),
    `select e.attempt = a.attempt
            and (a.ended_as is null or a.ended_as = 'finished' or e.finished_at is not null) as is_newest
     from executions e join attempts a on a.execution_id = e.id where e.id = $1 and a.attempt = $2`,
    [of.executionId, of.attempt],
  );
  return row?.is_newest === true;
}
