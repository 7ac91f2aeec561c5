import { createMetricSet } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { createExecutorMetrics, givenBack } from "../../../executor/src/metrics/executor-metrics.ts";
import { parseMetrics, sumOf } from "../../support/parse-metrics.ts";

test("createExecutorMetrics() counts runs, slots, refusals and what was masked", async () => {
  const set = await createMetricSet();
  const metrics = createExecutorMetrics(set);
  let busy = 0;
  metrics.watchSlots(4, () => busy);
  metrics.claimed(20);
  metrics.refused("CLAIM_REFUSED");
  metrics.ended({ status: "succeeded" });
  metrics.ended({ status: givenBack, code: "DISK_FULL" });
  metrics.measured({ firstLineMs: 200, maskedBytes: 30, replacements: 2, steps: [] });
  metrics.measured(undefined);
  let lost = 1;
  metrics.watchWorkers({ lost: () => lost, ahead: () => ({ count: 2, bytes: 26_000_000 }) });
  metrics.watchPreparers(() => ({ jobs: lost * 10, lost }));
  await set.render();
  lost = 3;
  busy = 3;
  const scraped = parseMetrics((await set.render()).text);
  const of = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    sumOf(scraped, `sealrun_executor_${name}`, labels);
  expect([of("slots"), of("busy_slots")]).toEqual([4, 3]);
  expect(of("claim_seconds_count")).toBe(1);
  expect(of("events_refused_total", { code: "CLAIM_REFUSED" })).toBe(1);
  expect(of("runs_total", { status: "succeeded", code: "none" })).toBe(1);
  expect(of("runs_total", { status: "given-back", code: "DISK_FULL" })).toBe(1);
  expect([of("first_line_seconds_count"), of("first_line_seconds_sum")]).toEqual([1, 0.2]);
  expect(of("workers_lost_total")).toBe(3);
  expect([of("warm_runners"), of("warm_runner_bytes")]).toEqual([2, 26_000_000]);
  expect([of("preparer_jobs_total"), of("preparers_lost_total")]).toEqual([30, 3]);
  expect([of("masked_bytes_total"), of("masked_replacements_total")]).toEqual([30, 2]);
});
