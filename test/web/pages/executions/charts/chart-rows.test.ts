import { executionStatistics } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { chartRows } from "../../../../../packages/web/src/pages/executions/charts/chart-rows.ts";

const counts = { queued: 1, running: 0, succeeded: 5, failed: 2, lost: 1, cancelled: 0 };
const nothing = { queued: 0, running: 0, succeeded: 0, failed: 0, lost: 0, cancelled: 0 };

function statistics(bucketMs: number) {
  return executionStatistics.parse({
    since: "2026-11-21T10:00:00.000Z",
    until: "2026-11-21T12:00:00.000Z",
    bucketMs,
    counts,
    buckets: [
      { at: "2026-11-21T10:00:00.000Z", counts, medianMs: 900, p95Ms: 4_000 },
      { at: "2026-11-21T11:00:00.000Z", counts: nothing, medianMs: null, p95Ms: null },
    ],
  });
}

test("chartRows() keeps every span with its end and its durations", () => {
  expect(chartRows(statistics(3_600_000), [])).toMatchObject([
    { at: "2026-11-21T10:00:00.000Z", until: "2026-11-21T11:00:00.000Z", total: 9, medianMs: 900, p95Ms: 4_000 },
    { total: 0, medianMs: null },
  ]);
});

test("chartRows() counts only the wanted statuses", () => {
  const [row] = chartRows(statistics(3_600_000), ["failed", "lost"]);
  expect(row).toMatchObject({ total: 3, counts: { ...nothing, failed: 2, lost: 1 } });
});

test("chartRows() says seconds for short spans and days for long ones", () => {
  const labelOf = (bucketMs: number): string => chartRows(statistics(bucketMs), [])[0]?.label ?? "";
  expect(labelOf(10_000)).toMatch(/^\d\d:\d\d:\d\d$/);
  // A weekday would name both ends of a week.
  expect(labelOf(3_600_000)).toMatch(/^21 Nov,? \d\d:\d\d$/);
  expect(labelOf(2 * 86_400_000)).toMatch(/^\d+ \w+$/);
});
