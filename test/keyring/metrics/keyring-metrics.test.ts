import { createMetricSet } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { createKeyringMetrics } from "../../../packages/keyring/src/metrics/keyring-metrics.ts";
import { parseMetrics, sumOf } from "../../support/parse-metrics.ts";

test("createKeyringMetrics() counts requests, grants and statements", async () => {
  const set = await createMetricSet();
  const metrics = createKeyringMetrics(set);
  metrics.answered("grant");
  metrics.answered("grant", "NOT_ENROLLED");
  metrics.grant();
  metrics.grant("NO_GRANT");
  metrics.statement("insert into audit");
  const scraped = parseMetrics((await set.render()).text);
  expect(sumOf(scraped, "sealrun_keyring_requests_total", { verb: "grant", code: "none" })).toBe(1);
  expect(sumOf(scraped, "sealrun_keyring_requests_total", { verb: "grant", code: "NOT_ENROLLED" })).toBe(1);
  expect(sumOf(scraped, "sealrun_keyring_grants_total", { code: "none" })).toBe(1);
  expect(sumOf(scraped, "sealrun_keyring_grants_total", { code: "NO_GRANT" })).toBe(1);
  expect(sumOf(scraped, "sealrun_statements_total", { verb: "insert" })).toBe(1);
});
