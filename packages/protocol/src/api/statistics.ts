import { z } from "zod";
import { executionStatus } from "../wire/execution.ts";

/** One span of time; an execution belongs to the span in which it was accepted. */
export const statisticsBucket = z.object({
  /** Its start, ISO 8601. */
  at: z.string(),
  counts: z.record(executionStatus, z.number().int().nonnegative()),
  /** From start to end, of those that ended; null without one. Milliseconds. */
  medianMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
});
export type StatisticsBucket = z.infer<typeof statisticsBucket>;

/**
 * `GET /api/v1/executions/statistics?…filters of the list…&buckets=`: about so many spans, 1 to 200, 48 without it; the
 * last 24 hours without `since`. Spans have a length that people know and start at its multiples, so `since` and
 * `until` here reach over what was asked for by less than one span each.
 */
export const executionStatistics = z.object({
  since: z.string(),
  until: z.string(),
  bucketMs: z.number().int().positive(),
  /** Of the whole time. */
  counts: z.record(executionStatus, z.number().int().nonnegative()),
  /** Every span, in order, empty ones too. */
  buckets: z.array(statisticsBucket),
});
export type ExecutionStatistics = z.infer<typeof executionStatistics>;
