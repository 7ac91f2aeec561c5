import { z } from "zod";
import { executionStatus } from "../wire/execution.ts";

/** One time span. An execution belongs to the span in which it was accepted. */
export const statisticsBucket = z.object({
  /** Its start, ISO 8601. */
  at: z.string(),
  counts: z.record(executionStatus, z.number().int().nonnegative()),
  /** Milliseconds from start to end of ended executions; null without one. */
  medianMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
});
export type StatisticsBucket = z.infer<typeof statisticsBucket>;

/**
 * `GET /api/v1/executions/statistics?…filters of the list…&buckets=`. `buckets` is the approximate number of spans, 1 to
 * 200, default 48. Without `since`: the last 24 hours. Spans have a usual length, such as an hour, and start at its
 * multiples. So `since` and `until` in the answer are each up to one span outside the requested time.
 */
export const executionStatistics = z.object({
  since: z.string(),
  until: z.string(),
  bucketMs: z.number().int().positive(),
  /** Over the whole time. */
  counts: z.record(executionStatus, z.number().int().nonnegative()),
  /** Every span, in order, empty ones too. */
  buckets: z.array(statisticsBucket),
});
export type ExecutionStatistics = z.infer<typeof executionStatistics>;
