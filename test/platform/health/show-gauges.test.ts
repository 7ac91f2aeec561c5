import { createMetricSet } from "@sealrun/telemetry";
import { afterAll, beforeAll, expect, test } from "vitest";
import { showGauges } from "../../../packages/platform/src/health/show-gauges.ts";
import { type CountedDeps, openCountedDeps } from "../../support/counted-deps.ts";
import { parseMetrics, sumOf } from "../../support/parse-metrics.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

let platform: TestPlatform;
let counted: CountedDeps;
beforeAll(async () => {
  platform = await startPlatform();
  counted = await openCountedDeps(platform);
});
afterAll(async () => {
  await counted.close();
  await platform.close();
});

test("showGauges() sends nothing before a scrape, and one statement for many", async () => {
  const set = await createMetricSet();
  counted.takeStatements();
  showGauges(set, counted.deps);
  expect(counted.takeStatements()).toEqual([]);
  const texts = await Promise.all(Array.from({ length: 10 }, async () => (await set.render()).text));
  expect(counted.takeStatements()).toHaveLength(1);
  const metrics = parseMetrics(texts[9] ?? "");
  expect(sumOf(metrics, "sealrun_scrape_source_up")).toBe(2);
  expect(metrics.get("sealrun_reports_waiting_chunks")?.samples.map(({ value }) => value)).toEqual([0]);
});
