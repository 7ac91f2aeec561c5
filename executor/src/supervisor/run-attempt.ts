import { fromBase64, type Identity } from "@sealrun/crypto";
import { crashPoint } from "@sealrun/faults";
import type { NatsLink, Peer } from "@sealrun/nats";
import {
  type Failure,
  type FinishedAttempt,
  type Grant,
  isLimitCode,
  SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import type { Tracer } from "@sealrun/telemetry";
import type { Logger } from "pino";
import type { Outcome } from "../between/outcome.ts";
import { closedGrantReason, machineReason } from "../machine/machine-reason.ts";
import type { Readiness } from "../machine/readiness.ts";
import { type ExecutorMetrics, givenBack } from "../metrics/executor-metrics.ts";
import { beginAttemptSpan } from "./attempt-span.ts";
import { createAttemptRpc } from "./grants/attempt-rpc.ts";
import type { ClaimedAttempt } from "./grants/claimed-attempt.ts";
import { openGrant } from "./grants/open-grant.ts";
import type { Control } from "./lease/control.ts";
import { keepLease, type Lease } from "./lease/lease.ts";
import { releaseAttempt } from "./lease/release-attempt.ts";
import type { Ends } from "./report/ends.ts";
import type { Preparer } from "./preparer/preparer.ts";
import type { WorkerPool } from "./workers/worker-pool.ts";
import { createReporter, type Reported, type Reporter } from "./report/reporter.ts";

/** What running an attempt needs, besides the attempt. */
export interface RunDeps {
  readonly workers: Pick<WorkerPool, "run">;
  readonly preparer: Pick<Preparer, "prepare">;
  /** How fast a run's output may come, as the platform says. */
  readonly linesPerSecond: () => number;
  readonly log: Logger;
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly platform: Peer;
  readonly control: Pick<Control, "watch">;
  readonly ends: Pick<Ends, "open" | "deliver" | "deliverReports">;
  readonly readiness: Pick<Readiness, "stop">;
  /** Aborts when a drain has waited long enough. */
  readonly endRuns: AbortSignal;
  /** Undefined while metrics are off. */
  readonly metrics?: ExecutorMetrics | undefined;
  /** Undefined while tracing is off. */
  readonly tracer?: Tracer | undefined;
}

/** The platform's answer to a claim: `askedAt` is on the monotonic clock, `grants` is the keyring's frame in base64. */
export interface AnsweredClaim {
  readonly leaseMs: number;
  readonly grants: string;
  readonly askedAt: number;
}

/**
 * Runs a claimed execution to its end and tells the platform. When a fault of this machine, or a grant that cannot be
 * opened, keeps it from starting, it is given back instead. Call the returned function once its event is out of the
 * queue. Throws `LEASE_LOST` when the attempt no longer belongs to this executor.
 */
export async function runAttempt(
  deps: RunDeps,
  claimed: ClaimedAttempt,
  { leaseMs, askedAt, grants }: AnsweredClaim,
): Promise<() => Promise<void>> {
  const recordAttempt = beginAttemptSpan(deps.tracer, { trace: claimed.event.trace, ref: claimed.ref });
  const lease = keepLease(claimed.rpc, claimed.ref, leaseMs, askedAt);
  const unwatch = deps.control.watch(claimed.ref, lease.cancel);
  const over = new AbortController();
  const reporter = createReporter({
    ...deps,
    reports: await deps.ends.open(claimed.ref),
    signal: AbortSignal.any([lease.signal, over.signal]),
  });
  let reported: Reported | undefined;
  try {
    const signal = AbortSignal.any([lease.signal, lease.cancelled, deps.endRuns]);
    const outcome = await runGranted(deps, { claimed, grants, lease }, reporter, signal);
    deps.metrics?.measured(outcome.measures);
    recordAttempt(outcome);
    if (!lease.endRun()) throw new SealrunError("LEASE_LOST", "The attempt's lease ended before its run did");
    reported = await reporter.finish({ holdLast: outcome.kind !== "unfit" });
    const { lastSequence, steps } = reported;
    if (outcome.kind === "unfit") {
      if (outcome.reason.stopsTaking) deps.readiness.stop(outcome.reason);
      deps.ends.deliverReports(reported);
      deps.metrics?.ended({ status: givenBack, code: outcome.reason.code });
      await releaseAttempt(claimed.rpc, claimed.ref, outcome.reason, deps.endRuns);
      return async () => undefined;
    }
    const end = endOf(outcome.failure, lease.cancelled.aborted);
    deps.metrics?.ended({ status: end.status, code: end.error?.code });
    return await deps.ends.deliver({ ...claimed.ref, ...end, lastSequence, steps: [...steps] }, reported);
  } finally {
    // A run without an end has reported its reads of secrets too.
    if (reported === undefined) deps.ends.deliverReports(await reporter.finish());
    over.abort();
    unwatch();
    lease.stop();
  }
}

/** Opens the grant, and runs what it is for. A grant that cannot be opened is this machine's fault. */
async function runGranted(
  deps: RunDeps,
  { claimed, grants, lease }: { readonly claimed: ClaimedAttempt; readonly grants: string; readonly lease: Lease },
  reporter: Pick<Reporter, "report">,
  signal: AbortSignal,
): Promise<Outcome> {
  const { event, ref } = claimed;
  let grant: Grant;
  try {
    grant = openGrant(fromBase64(grants), event, { ...claimed, attempt: ref.attempt });
    crashPoint("executor.grant.opened");
  } catch (error) {
    const reason = closedGrantReason(toSealrunError(error));
    deps.log.warn(
      { err: error, ...ref, code: reason.code },
      "The grant of an attempt cannot be opened on this machine; the attempt is given back to the queue",
    );
    return { kind: "unfit", reason };
  }
  const { keyring } = claimed;
  const rpc = createAttemptRpc(claimed, signal);
  const over = new AbortController();
  const waiting = AbortSignal.any([signal, over.signal]);
  try {
    return await deps.workers.run(
      { event, ref, grant, keyring, linesPerSecond: deps.linesPerSecond(), deadline: lease.expiresAt() },
      {
        rpc,
        prepare: async (say) => deps.preparer.prepare({ event, rpc }, { say, signal: waiting }),
        report: reporter.report,
        signal,
        onDeadline: lease.onRenewed,
      },
    );
  } catch (error) {
    const failure = toSealrunError(error);
    const { code, message } = failure;
    deps.log.warn({ ...ref, code }, message);
    if (code === "WORKER_LOST") return { kind: "run", failure: { code, message } };
    const reason = machineReason(failure);
    if (reason === undefined) throw error;
    return { kind: "unfit", reason };
  } finally {
    // What a lost worker asked for is no longer needed.
    over.abort();
  }
}

/** A script that failed by itself just before it was cancelled counts as failed. */
function endOf(failure: Failure | undefined, isCancelled: boolean): Pick<FinishedAttempt, "status" | "error"> {
  if (failure === undefined) return { status: "succeeded" };
  const { code } = failure;
  const failedItself = code === "SCRIPT_FAILED" || code === "SCRIPT_TIMED_OUT" || isLimitCode(code);
  return { status: isCancelled && !failedItself ? "cancelled" : "failed", error: failure };
}
