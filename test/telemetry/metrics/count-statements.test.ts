import { countStatements, createMetricSet } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { parseMetrics, sumOf } from "../../support/parse-metrics.ts";

test("countStatements() counts statements by their first word", async () => {
  const set = await createMetricSet();
  const count = countStatements(set);
  for (const text of ["begin", "select 1", "SELECT 2", "vacuum", "commit"]) count(text);
  const metrics = parseMetrics((await set.render()).text);
  const of = (verb: string): number => sumOf(metrics, "sealrun_statements_total", { verb });
  expect(["begin", "select", "other", "commit"].map(of)).toEqual([1, 2, 1, 1]);
});
