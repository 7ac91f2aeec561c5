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

/** A run may take as long as its steps may; the lease ends it long before when its executor is gone. */
const grantMs = limits.stepTimeoutMs + 3_600_000;
/** After a refusal of the keyring, another executor is offered the execution. */
const firstDelayMs = 10_000;
/** A key that the keyring does not have comes back with its database, so that asking grows rarer, up to this. */
const maxDelayMs = 5 * 60_000;
/** Likewise a pool whose executors may not run the project: an executor that may has to be enrolled first. */
const maxDelayUnenrolledMs = 10 * 60_000;

interface Claimed {
  readonly execution: LockedExecution;
  readonly attempt: number;
}

/**
 * Gives a queued execution to the executor that claims it: attempt, lease and audit row are committed, then the keyring
 * is asked; that it answered is committed before its grant is handed out. The same claim sent again gets the same
 * attempt. `CLAIM_REFUSED` or `EXPIRED` when it cannot be claimed; when the keyring says no, or nothing, the execution is
 * queued again and its answer is passed on.
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
    // Its event is asked for anew when the hold ends.
    if (execution.isHeld) throw new SealrunError("CLAIM_REFUSED", "The platform is held and starts nothing");
    // Also for a claim that is sent again: an execution that was lost, or waits for another event, is had under that one.
    if (asked.generation !== execution.generation) throw refused(execution);
    if (execution.isExpired) throw new SealrunError("EXPIRED", `The event of ${execution.id} is past its time`);
  } else if (execution.status !== "running" || known?.isLive !== true) throw refused(execution);
  // Only the newest attempt can be had again: while its lease lives, or after it was given back.
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
    // Asked for while it was claimed: nobody may claim it again.
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
