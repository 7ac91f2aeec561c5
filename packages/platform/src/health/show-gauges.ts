import { reportsStream } from "@sealrun/protocol";
import { keepFacts, type MetricSet, showSources, sourcesGauge } from "@sealrun/telemetry";
import type { Deps } from "../deps.ts";
import { readProgress, reportsConsumer } from "../nats/streams.ts";
import { limitPools } from "./gauge-pools.ts";
import { type PoolFacts, readGauges } from "./gauges-store.ts";

/**
 * Adds gauges of what all platforms on this database share. They are read at a scrape, and at most every 5 s: one
 * statement, and one question to NATS. What did not answer in time is absent.
 */
export function showGauges(set: MetricSet, { database, link }: Pick<Deps, "database" | "link">): void {
  const readDatabase = keepFacts(async () => readGauges(database));
  const readNats = keepFacts(async () => readProgress(link, reportsStream, reportsConsumer));
  const ofPool = (name: string, help: string) => set.gauge({ name, help, labels: ["pool"] });
  const single = (name: string, help: string) => set.gauge({ name, help });
  const queued = ofPool("sealrun_queue_executions", "Executions that wait for an executor of this pool");
  const published = ofPool("sealrun_queue_published_executions", "Executions that wait and whose event is in NATS");
  const oldest = ofPool("sealrun_queue_oldest_seconds", "How long the oldest due execution of this pool has waited");
  const running = ofPool("sealrun_pool_running_executions", "Executions of this pool that run, one for each busy slot");
  const slots = ofPool("sealrun_pool_slots", "Slots of the live executors of this pool");
  const executors = ofPool("sealrun_pool_executors", "Live executors of this pool");
  const unsealed = single("sealrun_audit_unsealed_rows", "Rows of the audit that wait for their link, up to 10000");
  const lag = single("sealrun_audit_seal_lag_seconds", "How long the oldest row without a link has waited");
  const awaited = single("sealrun_reports_awaited_executions", "Ended executions some of whose reports are missing");
  const reports = single("sealrun_reports_waiting_chunks", "Chunks of reports in NATS that are not stored yet");
  const sources = set.gauge(sourcesGauge);
  set.onScrape(async () => {
    const [postgres, nats] = await Promise.all([readDatabase(), readNats()]);
    showSources(sources, { postgres, nats });
    const pools = limitPools(postgres?.pools ?? []);
    const byPool = (of: (facts: PoolFacts) => number) =>
      pools.map((facts) => ({ labels: { pool: facts.pool }, value: of(facts) }));
    queued(byPool((facts) => facts.queued));
    published(byPool((facts) => facts.published));
    oldest(byPool((facts) => Math.max(0, facts.oldest_s ?? 0)));
    running(byPool((facts) => facts.running));
    slots(byPool((facts) => facts.slots));
    executors(byPool((facts) => facts.executors));
    unsealed(postgres === undefined ? [] : [{ value: postgres.audit.count }]);
    lag(postgres === undefined ? [] : [{ value: Math.max(0, postgres.audit.seconds ?? 0) }]);
    awaited(postgres === undefined ? [] : [{ value: postgres.reports_awaited }]);
    reports(nats === undefined ? [] : [{ value: nats.waiting + nats.unacknowledged }]);
  });
}
