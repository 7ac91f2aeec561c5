import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import {
  claimRequest,
  type ClaimReply,
  type ClaimRequest,
  decode,
  limits,
  SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import { describeOpened } from "../audit/opened-store.ts";
import { recordAudit } from "../audit/store.ts";
import { noteSeen } from "../executors/store.ts";
import {
  endAttempt,
  findClaimed,
  type ClaimedAttempt,
  insertAttempt,
  isGranted,
  markGranted,
  restartLease,
} from "../executions/attempt-store.ts";
import { addToOutbox, delayInOutbox } from "../outbox/store.ts";
import { appendFeed } from "../executions/feed-store.ts";
import { lockExecution, type LockedExecution, markQueued, markRunning } from "../executions/store.ts";
import { cancelledUnstarted, endUnfinished } from "../executions/transitions.ts";
import { askGrant } from "../keyring/ask-keyring.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";

/**
 * Life of a grant: the longest step and an hour. When the executor is gone, the lease ends the attempt much earlier.
 */
const grantMs = limits.stepTimeoutMs + 3_600_000;
/** After a refusal of the keyring, the execution waits this long and is then published again. */
const firstDelayMs = 10_000;
/** A key that the keyring lacks can only come back with its database, so the delay doubles up to this. */
const maxDelayMs = 5 * 60_000;
/** The same for a pool whose executors may not run the project: a permitted executor must be enrolled first. */
const maxDelayUnenrolledMs = 10 * 60_000;

interface Claimed {
  readonly execution: LockedExecution;
  readonly attempt: number;
}

/**
 * Gives a queued execution to the executor that claims it. Attempt, lease and audit row are committed before the
 * keyring is asked; the keyring's grant is committed before it is handed out. The same claim sent again gets the same
 * attempt. `CLAIM_REFUSED` or `EXPIRED` when it cannot be claimed. When the keyring refuses or does not answer, the
 * execution is queued again and the keyring's error is passed on.
 */
export async function answerClaim(deps: RpcDeps, request: ExecutorRequest): Promise<ClaimReply> {
  const asked = decode(claimRequest, request.body);
  const { execution, attempt } = await deps.database.transaction(async (sql) => claim(sql, request, asked));
  crashPoint("platform.claim.after-commit");
  const claimed: ClaimedAttempt = { executionId: execution.id, attempt, executorId: request.executorId };
  try {
    const grant = await askGrant(deps, request, {
      executionId: execution.id,
      attempt,
      packageId: execution.packageId,
      projectId: execution.projectId,
      uploads: execution.uploads,
      endsAt: Date.now() + grantMs,
    });
    await markGranted(deps.database, claimed);
    crashPoint("platform.claim.after-grant");
    return { ok: true, attempt, leaseMs: limits.leaseMs, grant };
  } catch (error) {
    const failure = toSealrunError(error);
    await deps.database.transaction(async (sql) => giveBack(sql, request, { claimed, failure }));
    throw error;
  }
}

async function claim(sql: Sql, request: ExecutorRequest, asked: ClaimRequest): Promise<Claimed> {
  const execution = await lockExecution(sql, asked.executionId);
  const known = await findClaimed(sql, { ...request, executionId: execution.id });
  const isQueued = execution.status === "queued";
  if (isQueued) {
    // A new event is published after the hold.
    if (execution.isHeld) throw new SealrunError("CLAIM_REFUSED", "The platform is held and starts nothing");
    // This also applies to a repeated claim: a requeued execution can only be claimed with its newest event.
    if (asked.generation !== execution.generation) throw refused(execution);
    if (execution.isExpired) throw new SealrunError("EXPIRED", `The event of ${execution.id} has expired`);
  } else if (execution.status !== "running" || known?.isLive !== true) throw refused(execution);
  // A repeated claim can only get the newest attempt: while its lease is live, or after it was given back.
  if (known !== undefined && known.attempt !== execution.attempt) throw refused(execution);
  const attempt = known?.attempt ?? execution.attempt + 1;
  const claimed: ClaimedAttempt = { executionId: execution.id, attempt, executorId: request.executorId };
  if (known === undefined) await insertAttempt(sql, claimed, request.requestId);
  else await restartLease(sql, claimed);
  if (isQueued) {
    await markRunning(sql, execution.id, claimed);
    await appendFeed(sql, execution.id, [{ kind: "status", body: { status: "running" } }]);
  }
  await noteSeen(sql, request.executorId);
  const opened = await describeOpened(sql, execution.packageId, execution.uploads);
  const detail = { attempt, generation: asked.generation, ...opened };
  await recordAudit(sql, {
    requester: executorRequester(request),
    action: "execution.claim",
    object: execution.id,
    detail,
  });
  crashPoint("platform.claim.before-commit");
  return { execution, attempt };
}

async function giveBack(
  sql: Sql,
  request: ExecutorRequest,
  { claimed, failure }: { readonly claimed: ClaimedAttempt; readonly failure: SealrunError },
): Promise<void> {
  const { status, attempt, isCancelRequested } = await lockExecution(sql, claimed.executionId);
  // Another platform may have answered the same claim: then the executor has its grant, and the attempt goes on.
  if (status !== "running" || attempt !== claimed.attempt || (await isGranted(sql, claimed))) return;
  await endAttempt(sql, claimed, "given-back");
  if (isCancelRequested) {
    // The cancel was requested during the claim: the execution must not be claimed again.
    await endUnfinished(sql, claimed.executionId, { status: "cancelled", error: cancelledUnstarted });
  } else {
    await markQueued(sql, claimed.executionId);
    if (!failure.row.retry) {
      await addToOutbox(sql, claimed.executionId);
      await delayInOutbox(sql, claimed.executionId, {
        forMs: delayMs(failure, attempt),
        refusal: `The keyring refused it (${failure.message})`,
      });
    }
    await appendFeed(sql, claimed.executionId, [{ kind: "status", body: { status: "queued" } }]);
  }
  const detail = { attempt: claimed.attempt, code: failure.code };
  await recordAudit(sql, {
    requester: executorRequester(request),
    action: "execution.give-back",
    object: claimed.executionId,
    detail,
  });
}

function delayMs({ code }: SealrunError, attempt: number): number {
  const grown = firstDelayMs * 2 ** (attempt - 1);
  if (code === "KEY_NOT_FOUND") return Math.min(maxDelayMs, grown);
  return code === "NOT_ENROLLED" ? Math.min(maxDelayUnenrolledMs, grown) : firstDelayMs;
}

function refused({ status, attempt }: LockedExecution): SealrunError {
  return new SealrunError("CLAIM_REFUSED", `The execution is ${status} and has attempt ${attempt}`);
}
