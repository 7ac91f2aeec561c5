import type { Sql } from "@sealrun/postgres";
import type { AppliedChunks } from "./apply-chunks.ts";
import { readTime } from "./read-time.ts";

/** Stores what steps were connected to. Without any, which is what most packages have, it sends no statement. */
export async function storeConnected(
  sql: Sql,
  applied: readonly Pick<AppliedChunks, "of" | "connected">[],
): Promise<void> {
  const rows = applied.flatMap(({ of, connected }) => connected.map((row) => ({ ...of, ...row })));
  if (rows.length === 0) return;
  await sql.run(
    `insert into connections (execution_id, attempt, step, host, port, address, outcome, reason, connections, sent_bytes,
       received_bytes, at)
     select execution_id, attempt, step, host, port, address, outcome, reason, connections, sent, received, at
     from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[],
                 $9::bigint[], $10::bigint[], $11::bigint[], $12::timestamptz[]) with ordinality
       as c (execution_id, attempt, step, host, port, address, outcome, reason, connections, sent, received, at, place)
     order by place`,
    [
      rows.map((row) => row.executionId),
      rows.map((row) => row.attempt),
      rows.map((row) => row.step),
      rows.map((row) => row.host),
      rows.map((row) => row.port),
      rows.map((row) => row.address),
      rows.map((row) => row.outcome),
      rows.map((row) => row.reason),
      rows.map((row) => row.connections),
      rows.map((row) => row.sentBytes),
      rows.map((row) => row.receivedBytes),
      rows.map(({ time }) => readTime(time)),
    ],
  );
}
