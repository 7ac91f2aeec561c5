import { type ExecutionStatistics, type ExecutionStatus, SealrunError } from "@sealrun/protocol";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const lengths = [1, 2, 5, 10, 15, 30]
  .flatMap((count) => [count * second, count * minute])
  .concat([1, 2, 3, 4, 6, 8, 12].map((count) => count * hour))
  .toSorted((left, right) => left - right);

/** Equal spans of time, the first from `sinceMs`, the last up to `untilMs`; milliseconds since 1970. */
export interface Spans {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly bucketMs: number;
}

/** The counts of one span; an empty span has no entry. */
export interface Counted {
  readonly atMs: number;
  readonly counts: Readonly<Record<ExecutionStatus, number>>;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
}

/**
 * Cuts a period into about `buckets` spans of a usual length (5 minutes, 1 hour …). Each starts at a multiple of that
 * length, so that the same question a little later gives the same spans. The first and last span are whole and may
 * reach beyond the period. `BAD_REQUEST` when the period ends before it starts.
 */
export function cutTime(sinceMs: number, untilMs: number, buckets: number): Spans {
  if (!(sinceMs < untilMs)) throw new SealrunError("BAD_REQUEST", "Expected since before until");
  const minMs = (untilMs - sinceMs) / buckets;
  const bucketMs = lengths.find((length) => length >= minMs) ?? Math.ceil(minMs / day) * day;
  return {
    sinceMs: Math.floor(sinceMs / bucketMs) * bucketMs,
    untilMs: Math.ceil(untilMs / bucketMs) * bucketMs,
    bucketMs,
  };
}

/** The statistics of all spans in order, with the empty ones. */
export function fillSpans({ sinceMs, untilMs, bucketMs }: Spans, counted: readonly Counted[]): ExecutionStatistics {
  const found = new Map(counted.map((span) => [span.atMs, span]));
  const buckets: ExecutionStatistics["buckets"] = [];
  for (let atMs = sinceMs; atMs < untilMs; atMs += bucketMs) {
    const { counts, medianMs, p95Ms } = found.get(atMs) ?? { counts: undefined, medianMs: null, p95Ms: null };
    buckets.push({
      at: new Date(atMs).toISOString(),
      counts: countAll((status) => counts?.[status] ?? 0),
      medianMs,
      p95Ms,
    });
  }
  return {
    since: new Date(sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    bucketMs,
    counts: countAll((status) => counted.reduce((sum, { counts }) => sum + counts[status], 0)),
    buckets,
  };
}

function countAll(count: (status: ExecutionStatus) => number): Record<ExecutionStatus, number> {
  return {
    queued: count("queued"),
    running: count("running"),
    succeeded: count("succeeded"),
    failed: count("failed"),
    lost: count("lost"),
    cancelled: count("cancelled"),
  };
}
