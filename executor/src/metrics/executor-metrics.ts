import { codeValues, endValues, type MetricSet, noCode } from "@sealrun/telemetry";
import type { RunMeasures } from "../between/run-measures.ts";

/** What an executor counts of its own work. Present only while metrics are on. */
export interface ExecutorMetrics {
  /** How many slots there are, and how many are in use whenever that is asked. */
  readonly watchSlots: (all: number, busy: () => number) => void;
  /** A claim was granted so many ms after its event had arrived. */
  readonly claimed: (tookMs: number) => void;
  /** An event could not be run here: it was refused, or its attempt was lost. */
  readonly refused: (code: string) => void;
  /** A run ended, or was given back before its first script. */
  readonly ended: (end: { readonly status: string; readonly code?: string | undefined }) => void;
  /** What a worker measured; undefined when it did not run an attempt to its end. */
  readonly measured: (measures: RunMeasures | undefined) => void;
  /** How many workers were lost so far, and what they keep ready, whenever that is asked. */
  readonly watchWorkers: (workers: {
    readonly lost: () => number;
    readonly ahead: () => { readonly count: number; readonly bytes: number };
  }) => void;
  /** How many jobs preparers were given so far, and how many of their processes were lost, whenever that is asked. */
  readonly watchPreparers: (counts: () => { readonly jobs: number; readonly lost: number }) => void;
}

/** The status of an attempt that was given back before its first script. */
export const givenBack = "given-back";

const claimBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const lineBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Declares the executor's metrics. */
export function createExecutorMetrics(set: MetricSet): ExecutorMetrics {
  const slots = set.gauge({ name: "sealrun_executor_slots", help: "Executions that this executor runs at once" });
  const busy = set.gauge({ name: "sealrun_executor_busy_slots", help: "Slots in use, from the claim to the end" });
  const claimed = set.histogram({
    name: "sealrun_executor_claim_seconds",
    help: "From the arrival of an event to the grant of its claim",
    buckets: claimBuckets,
  });
  const refused = set.counter({
    name: "sealrun_executor_events_refused_total",
    help: "Events that were not run to an end here, by error code: not verified, claim refused, or lease lost",
    labels: { code: codeValues },
  });
  const ended = set.counter({
    name: "sealrun_executor_runs_total",
    help: "Runs that ended here, by status and error code; given-back for one that this machine could not prepare",
    labels: { status: [...endValues, givenBack], code: codeValues },
  });
  const firstLine = set.histogram({
    name: "sealrun_executor_first_line_seconds",
    help: "From the opened grant to the first line of a script, of runs that wrote one",
    buckets: lineBuckets,
  });
  const maskedBytes = set.counter({
    name: "sealrun_executor_masked_bytes_total",
    help: "Bytes of secrets that were masked in output, logs, results and messages",
  });
  const replacements = set.counter({
    name: "sealrun_executor_masked_replacements_total",
    help: "Places where *** was written instead of a secret",
  });
  const lost = set.counter({
    name: "sealrun_executor_workers_lost_total",
    help: "Processes of workers that were lost and replaced; each ended the attempt that it ran",
  });
  const jobs = set.counter({
    name: "sealrun_executor_preparer_jobs_total",
    help: "Package versions that a preparer was started for: to read lock files, install or compile",
  });
  const lostPreparers = set.counter({
    name: "sealrun_executor_preparers_lost_total",
    help: "Processes of preparers that ended by themselves or were ended from outside",
  });
  const ahead = set.gauge({
    name: "sealrun_executor_warm_runners",
    help: "Runners that wait for the next run, with its runtime booted",
  });
  const aheadBytes = set.gauge({
    name: "sealrun_executor_warm_runner_bytes",
    help: "Memory of these runners together; a page that several share counts once",
  });
  return {
    watchPreparers: (counts) => {
      let counted = { jobs: 0, lost: 0 };
      set.onScrape(() => {
        const now = counts();
        jobs({}, now.jobs - counted.jobs);
        lostPreparers({}, now.lost - counted.lost);
        counted = now;
      });
    },
    watchWorkers: (workers) => {
      let counted = 0;
      set.onScrape(() => {
        lost({}, workers.lost() - counted);
        counted = workers.lost();
        const { count, bytes } = workers.ahead();
        ahead([{ value: count }]);
        aheadBytes([{ value: bytes }]);
      });
    },
    watchSlots: (all, countBusy) => {
      set.onScrape(() => {
        slots([{ value: all }]);
        busy([{ value: countBusy() }]);
      });
    },
    claimed: (tookMs) => claimed(tookMs / 1_000),
    refused: (code) => refused({ code }),
    ended: ({ status, code = noCode }) => ended({ status, code }),
    measured: (measures) => {
      if (measures === undefined) return;
      if (measures.firstLineMs !== undefined) firstLine(measures.firstLineMs / 1_000);
      maskedBytes({}, measures.maskedBytes);
      replacements({}, measures.replacements);
    },
  };
}
