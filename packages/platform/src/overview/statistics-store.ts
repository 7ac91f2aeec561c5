import type { Sql } from "@sealrun/postgres";
import { executionStatus } from "@sealrun/protocol";
import { z } from "zod";
import type { ExecutionFilter } from "./execution-filter.ts";
import { filterValues, isWanted } from "./execution-filter-store.ts";
import type { Counted } from "./statistics.ts";

const countedRow = z
  .object({
    at: z.date(),
    counts: z.record(executionStatus, z.number()),
    median_ms: z.number().nullable(),
    p95_ms: z.number().nullable(),
  })
  .transform(({ at, counts, median_ms, p95_ms }): Counted => ({
    atMs: at.getTime(),
    counts,
    medianMs: median_ms,
    p95Ms: p95_ms,
  }));

const countOf = executionStatus.options.map((status) => `'${status}', count(*) filter (where e.status = '${status}')`);

/**
 * Counts the filtered executions by spans of `bucketMs` that start at its multiples since 1970; empty spans are left
 * out.
 */
export async function countExecutions(
  sql: Sql,
  filter: ExecutionFilter,
  bucketMs: number,
): Promise<readonly Counted[]> {
  return sql.rows(
    countedRow,
    `select date_bin($10 * interval '1 millisecond', e.created_at, timestamptz 'epoch') as at,
            json_build_object(${countOf.join(", ")}) as counts,
            percentile_cont(0.5) within group (order by ${tookMs}) as median_ms,
            percentile_cont(0.95) within group (order by ${tookMs}) as p95_ms
     from executions e where ${isWanted} group by 1`,
    [...filterValues(filter), bucketMs],
  );
}

/** From start to end; null, which percentiles ignore, for an execution that never started or has not ended. */
const tookMs = "(extract(epoch from e.finished_at - e.started_at) * 1000)::float8";
