import { createMetricSet } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { createPlatformMetrics } from "../../../packages/platform/src/metrics/platform-metrics.ts";
import { parseMetrics, sumOf } from "../../support/parse-metrics.ts";

test("createPlatformMetrics() counts ends, refusals, waits and statements, and no code that is not sealrun's", async () => {
  const set = await createMetricSet();
  const metrics = createPlatformMetrics(set);
  metrics.ended({ status: "succeeded" });
  metrics.ended({ status: "failed", code: "SCRIPT_FAILED" });
  metrics.ended({ status: "failed", code: "made-up-by-an-executor" });
  metrics.claimRefused("CLAIM_REFUSED");
  metrics.started(300);
  metrics.statement("select 1");
  const { text } = await set.render();
  const scraped = parseMetrics(text);
  expect(sumOf(scraped, "sealrun_runs_ended_total", { status: "succeeded", code: "none" })).toBe(1);
  expect(sumOf(scraped, "sealrun_runs_ended_total", { status: "failed", code: "SCRIPT_FAILED" })).toBe(1);
  expect(sumOf(scraped, "sealrun_runs_ended_total", { status: "failed", code: "other" })).toBe(1);
  expect(sumOf(scraped, "sealrun_claims_refused_total", { code: "CLAIM_REFUSED" })).toBe(1);
  expect(sumOf(scraped, "sealrun_start_wait_seconds_bucket", { le: "0.5" })).toBe(1);
  expect(sumOf(scraped, "sealrun_start_wait_seconds_bucket", { le: "0.25" })).toBe(0);
  expect(sumOf(scraped, "sealrun_statements_total", { verb: "select" })).toBe(1);
  expect(text).not.toContain("made-up");
});
