import type { Identity } from "@sealrun/crypto";
import type { NatsLink, Peer } from "@sealrun/nats";
import { type Failure, type FinishedAttempt, SealrunError } from "@sealrun/protocol";
import type { Readiness } from "../machine/readiness.ts";
import type { Control } from "./lease/control.ts";
import { keepLease } from "./lease/lease.ts";
import { releaseAttempt } from "./lease/release-attempt.ts";
import { createPatientRpc } from "./platform/patient-rpc.ts";
import type { Ends } from "./report/ends.ts";
import { createReporter, type Reported } from "./report/reporter.ts";
import { type ClaimedAttempt, runInWorkspace, type WorkspaceDeps } from "./run-in-workspace.ts";

/** What running an attempt needs, besides the attempt. */
export interface RunDeps extends WorkspaceDeps {
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly platform: Peer;
  readonly control: Pick<Control, "watch">;
  readonly ends: Pick<Ends, "open" | "deliver" | "deliverReports">;
  readonly readiness: Pick<Readiness, "stop">;
  /** Aborts when a drain has waited long enough. */
  readonly endRuns: AbortSignal;
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
  attempt: ClaimedAttempt,
  { leaseMs, askedAt, grants }: AnsweredClaim,
): Promise<() => Promise<void>> {
  const lease = keepLease(attempt.rpc, attempt.ref, leaseMs, askedAt);
  const unwatch = deps.control.watch(attempt.ref, lease.cancel);
  const over = new AbortController();
  const reporter = createReporter({
    ...deps,
    reports: await deps.ends.open(attempt.ref),
    signal: AbortSignal.any([lease.signal, over.signal]),
  });
  let reported: Reported | undefined;
  try {
    const signal = AbortSignal.any([lease.signal, lease.cancelled, deps.endRuns]);
    const rpc = createPatientRpc(attempt.rpc, signal);
    const outcome = await runInWorkspace(deps, { claimed: { ...attempt, rpc }, grants }, reporter, signal);
    if (!lease.endRun()) throw new SealrunError("LEASE_LOST", "The attempt's lease ended before its run did");
    reported = await reporter.finish({ holdLast: outcome.kind !== "unfit" });
    const { lastSequence, steps } = reported;
    if (outcome.kind === "unfit") {
      if (outcome.reason.stopsTaking) deps.readiness.stop(outcome.reason);
      deps.ends.deliverReports(reported);
      await releaseAttempt(attempt.rpc, attempt.ref, outcome.reason, deps.endRuns);
      return async () => undefined;
    }
    const end = endOf(outcome.failure, lease.cancelled.aborted);
    return await deps.ends.deliver({ ...attempt.ref, ...end, lastSequence, steps: [...steps] }, reported);
  } finally {
    // A run without an end has reported its reads of secrets too.
    if (reported === undefined) deps.ends.deliverReports(await reporter.finish());
    over.abort();
    unwatch();
    lease.stop();
  }
}

/** A script that failed by itself just before it was cancelled counts as failed. */
function endOf(failure: Failure | undefined, isCancelled: boolean): Pick<FinishedAttempt, "status" | "error"> {
  if (failure === undefined) return { status: "succeeded" };
  const failedItself = failure.code === "SCRIPT_FAILED" || failure.code === "SCRIPT_TIMED_OUT";
  return { status: isCancelled && !failedItself ? "cancelled" : "failed", error: failure };
}
