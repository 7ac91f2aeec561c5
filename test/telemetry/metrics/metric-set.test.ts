import { createMetricSet } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { parseMetrics, sumOf } from "../../support/parse-metrics.ts";

test("createMetricSet() renders counters, gauges and histograms, and the process's own metrics", async () => {
  const set = await createMetricSet();
  const count = set.counter({ name: "runs_total", help: "Runs", labels: { status: ["ok"] } });
  const gauge = set.gauge({ name: "queue", help: "Queue", labels: ["pool"] });
  const wait = set.histogram({ name: "wait_seconds", help: "Wait", buckets: [0.1, 1] });
  count({ status: "ok" });
  count({ status: 'ok"} 1\nforged 7' }, 2);
  gauge([{ labels: { pool: 'a "quoted"\npool' }, value: 3 }]);
  wait(0.05);
  wait(5);
  const { contentType, text } = await set.render();
  expect(contentType).toContain("version=0.0.4");
  const metrics = parseMetrics(text);
  expect(sumOf(metrics, "runs_total", { status: "ok" })).toBe(1);
  expect(sumOf(metrics, "runs_total", { status: "other" })).toBe(2);
  expect(sumOf(metrics, "queue", { pool: String.raw`a \"quoted\"\npool` })).toBe(3);
  expect(sumOf(metrics, "wait_seconds_bucket", { le: "0.1" })).toBe(1);
  expect(sumOf(metrics, "wait_seconds_count")).toBe(2);
  expect(sumOf(metrics, "process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
  expect(metrics.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
});

test("createMetricSet() asks for facts before each answer, and shows no value of a gauge that has none", async () => {
  const set = await createMetricSet();
  const lag = set.gauge({ name: "lag_seconds", help: "Lag" });
  let found: number | undefined;
  set.onScrape(async () => lag(found === undefined ? [] : [{ value: found }]));
  const scrape = async () => parseMetrics((await set.render()).text).get("lag_seconds")?.samples;
  expect(await scrape()).toEqual([]);
  found = 4;
  expect(await scrape()).toEqual([{ name: "lag_seconds", labels: {}, value: 4 }]);
  found = undefined;
  expect(await scrape()).toEqual([]);
});
