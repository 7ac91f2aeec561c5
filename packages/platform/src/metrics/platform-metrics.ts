import { codeValues, countStatements, endValues, type MetricSet, noCode } from "@sealrun/telemetry";

/** What a platform counts of its own work, after the commit of each. Present only while metrics are on. */
export interface PlatformMetrics {
  readonly statement: (text: string) => void;
  /** An execution ended, for whatever reason. */
  readonly ended: (end: { readonly status: string; readonly code?: string | undefined }) => void;
  /** An executor got an execution that had been due for so many ms; its first attempt only. */
  readonly started: (waitedMs: number) => void;
  /** A claim was refused. */
  readonly claimRefused: (code: string) => void;
}

const waitBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

/** Declares the platform's counters. */
export function createPlatformMetrics(set: Pick<MetricSet, "counter" | "histogram">): PlatformMetrics {
  const ended = set.counter({
    name: "sealrun_runs_ended_total",
    help: "Executions that this platform ended, by status and error code",
    labels: { status: endValues, code: codeValues },
  });
  const waited = set.histogram({
    name: "sealrun_start_wait_seconds",
    help: "From the acceptance of an execution, or the time it was to wait for, to its first claim by an executor",
    buckets: waitBuckets,
  });
  const refused = set.counter({
    name: "sealrun_claims_refused_total",
    help: "Claims of executors that this platform refused, by error code",
    labels: { code: codeValues },
  });
  return {
    statement: countStatements(set),
    ended: ({ status, code = noCode }) => ended({ status, code }),
    started: (waitedMs) => waited(waitedMs / 1_000),
    claimRefused: (code) => refused({ code }),
  };
}
