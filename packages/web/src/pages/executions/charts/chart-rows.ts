import { type ExecutionStatistics, type ExecutionStatus, executionStatus } from "@sealrun/protocol";

/** One bar: its time span, its executions by status, and how long the finished ones took. */
export interface ChartRow {
  readonly at: string;
  readonly until: string;
  readonly label: string;
  readonly counts: Readonly<Record<ExecutionStatus, number>>;
  readonly total: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
}

/** The bars of statistics, only for `statuses`, or for all when it is empty. Labels are in the reader's zone. */
export function chartRows(
  { buckets, bucketMs }: Pick<ExecutionStatistics, "buckets" | "bucketMs">,
  statuses: readonly ExecutionStatus[],
): readonly ChartRow[] {
  const label = labelOf(bucketMs);
  const isWanted = (status: ExecutionStatus): boolean => statuses.length === 0 || statuses.includes(status);
  return buckets.map(({ at, counts, medianMs, p95Ms }) => ({
    at,
    until: new Date(Date.parse(at) + bucketMs).toISOString(),
    label: label.format(Date.parse(at)),
    counts: onlyWanted(counts, isWanted),
    total: executionStatus.options.reduce((sum, status) => sum + (isWanted(status) ? counts[status] : 0), 0),
    medianMs,
    p95Ms,
  }));
}

function onlyWanted(
  counts: ChartRow["counts"],
  isWanted: (status: ExecutionStatus) => boolean,
): Record<ExecutionStatus, number> {
  const pick = (status: ExecutionStatus): number => (isWanted(status) ? counts[status] : 0);
  return {
    queued: pick("queued"),
    running: pick("running"),
    succeeded: pick("succeeded"),
    failed: pick("failed"),
    lost: pick("lost"),
    cancelled: pick("cancelled"),
  };
}

const dayMs = 86_400_000;

function labelOf(bucketMs: number): Intl.DateTimeFormat {
  if (bucketMs >= dayMs) return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  if (bucketMs < 60_000) return new Intl.DateTimeFormat("en-GB", { ...time, second: "2-digit" });
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...time });
}
