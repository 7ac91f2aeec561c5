import { crashPoint } from "@sealrun/faults";
import {
  decode,
  type FinishedAttempt,
  type FinishReply,
  finishRequest,
  limits,
  type RenewReply,
  renewRequest,
  SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { renewLeases } from "../executions/attempt-store.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";
import { finishAttempts, type FinishVerdict } from "./finish-attempts.ts";

/**
 * Renews the leases of attempts that have not ended, and says of each whether a cancel was requested; `LEASE_LOST` for
 * each other attempt, or `TIMED_OUT` if it must be asked about alone: one of several does not wait for a lock.
 */
export async function answerRenew({ database }: RpcDeps, request: ExecutorRequest): Promise<RenewReply> {
  const { attempts } = decode(renewRequest, request.body);
  const renewed = await renewLeases(database, request.executorId, attempts);
  crashPoint("platform.renew.after-commit");
  return {
    ok: true,
    attempts: attempts.map(({ executionId }) => {
      const lease = renewed.get(executionId);
      if (lease === undefined) return { executionId, ok: false, error: attempts.length > 1 ? askAlone : leaseLost };
      return { executionId, ok: true, leaseMs: limits.leaseMs, cancel: lease.cancel };
    }),
  };
}

type FinishDeps = RpcDeps & Pick<Deps, "log">;

/**
 * Ends executions for their current attempts, even after a lease expired, if the attempt has not ended: all of a request
 * in one transaction, with a verdict for each. A repeated finish of the same attempt gets the same answer; any other
 * attempt or executor gets `LEASE_LOST`, and so does an attempt that the sweeper has ended; `TIMED_OUT` one of several
 * that must be asked about alone, because it may be locked and the others must not wait. The answer lists report
 * chunks that are not stored yet. Steps whose end is in such a chunk end as the request says, so that no step of an
 * ended execution stays `running`. If the chunk that an end brings cannot be stored, the end is stored without it.
 */
export async function answerFinish(deps: FinishDeps, request: ExecutorRequest): Promise<FinishReply> {
  const { ends } = decode(finishRequest, request.body);
  const verdicts = await finishTogether(deps, request, ends);
  crashPoint("platform.finish.after-commit");
  return {
    ok: true,
    ends: ends.map(({ executionId }, place) => {
      const verdict = verdicts[place] ?? { isAccepted: false, mustAskAlone: false };
      if (verdict instanceof SealrunError) return { executionId, ok: false, error: failureOf(verdict) };
      if (!verdict.isAccepted) return { executionId, ok: false, error: verdict.mustAskAlone ? askAlone : leaseLost };
      return { executionId, ok: true, ...(verdict.missing.length === 0 ? {} : { missing: [...verdict.missing] }) };
    }),
  };
}

/** Stores all ends in one transaction; when that fails, each by itself. An outage is thrown. */
async function finishTogether(
  deps: FinishDeps,
  request: ExecutorRequest,
  ends: readonly FinishedAttempt[],
): Promise<readonly (FinishVerdict | SealrunError)[]> {
  try {
    return await commit(deps, request, ends);
  } catch (error) {
    if (isOutage(error)) throw error;
    const verdicts: (FinishVerdict | SealrunError)[] = [];
    for (const end of ends) verdicts.push(await finishAlone(deps, request, end));
    return verdicts;
  }
}

/** Its executor sends a chunk that is missing again by itself; the failure of that chunk is logged then. */
async function finishAlone(
  deps: FinishDeps,
  request: ExecutorRequest,
  end: FinishedAttempt,
): Promise<FinishVerdict | SealrunError> {
  const tries = end.report === undefined ? [end] : [end, { ...end, report: undefined }];
  let failure: unknown;
  for (const one of tries) {
    try {
      const [verdict] = await commit(deps, request, [one]);
      return verdict ?? { isAccepted: false, mustAskAlone: false };
    } catch (error) {
      if (isOutage(error)) throw error;
      failure = error;
    }
  }
  const { executionId, attempt } = end;
  deps.log.error({ err: failure, executionId, attempt }, "The end of a run could not be stored; it is sent again");
  return toSealrunError(failure);
}

async function commit(
  { database, metrics, tracer }: Pick<FinishDeps, "database" | "metrics" | "tracer">,
  request: ExecutorRequest,
  ends: readonly FinishedAttempt[],
): Promise<readonly FinishVerdict[]> {
  const startMs = Date.now();
  const verdicts = await database.transaction(async (sql) => finishAttempts(sql, request, ends));
  for (const [place, { executionId, attempt, status, error }] of ends.entries()) {
    const verdict = verdicts[place];
    if (verdict?.isAccepted !== true || !verdict.isNew) continue;
    metrics?.ended({ status, code: error?.code });
    const fields = { "sealrun.execution.id": executionId, "sealrun.attempt": attempt, "sealrun.status": status };
    const parent = verdict.trace ?? undefined;
    tracer?.record({ name: "sealrun.finish", parent, startMs, fields, code: error?.code });
  }
  return verdicts;
}

/** True when the database did not answer, or not in time. */
function isOutage(error: unknown): boolean {
  return toSealrunError(error).row.retry;
}

const leaseLost = failureOf(new SealrunError("LEASE_LOST", ""));
const askAlone = failureOf(
  new SealrunError("TIMED_OUT", "The execution is locked, or the attempt is not this executor's; ask about it alone"),
);

function failureOf({ code, message }: SealrunError): { readonly code: string; readonly message: string } {
  return { code, message };
}
