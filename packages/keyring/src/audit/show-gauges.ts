import { countWaiting, type Database } from "@sealrun/postgres";
import { keepFacts, type MetricSet, showSources, sourcesGauge } from "@sealrun/telemetry";
import { auditIds } from "./chain.ts";

/** Adds gauges of the keyring's audit: one statement at a scrape, at most every 5 s. */
export function showGauges(set: MetricSet, database: Database): void {
  const readDatabase = keepFacts(async () => countWaiting(database, auditIds));
  const rows = set.gauge({
    name: "sealrun_audit_unsealed_rows",
    help: "Rows of the audit that wait for their link, up to 10000",
  });
  const lag = set.gauge({
    name: "sealrun_audit_seal_lag_seconds",
    help: "How long the oldest row without a link has waited",
  });
  const sources = set.gauge(sourcesGauge);
  set.onScrape(async () => {
    const postgres = await readDatabase();
    showSources(sources, { postgres });
    rows(postgres === undefined ? [] : [{ value: postgres.count }]);
    lag(postgres === undefined ? [] : [{ value: Math.max(0, postgres.seconds ?? 0) }]);
  });
}
