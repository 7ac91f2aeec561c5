import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import {
  type Claim,
  type ExecutionId,
  type Failure,
  limits,
  type NetworkForm,
  SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { type ClaimedAttempt, endAttempt, isGranted, markGranted } from "../executions/attempt-store.ts";
import { appendFeed } from "../feed/feed-store.ts";
import { askedValues } from "../executions/granted.ts";
import { lockExecutions, type LockedExecution, markQueued } from "../executions/store.ts";
import { cancelledUnstarted, endUnfinished } from "../executions/transitions.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";
import { askGrants } from "../keyring/ask-keyring.ts";
import { addToOutbox, delayInOutbox } from "../outbox/store.ts";

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

/** A claim that is committed. */
export interface Claimed {
  readonly claim: Claim;
  readonly execution: LockedExecution;
  readonly network: NetworkForm;
  readonly attempt: number;
}

/** What claims got from the keyring: its frame, if it granted any of them, and why the others were given back. */
interface Given {
  readonly frame: string | undefined;
  readonly failures: ReadonlyMap<ExecutionId, SealrunError>;
}

/**
 * Gets the grants of committed claims from the keyring in one request. Only attempts whose grant is stored with them are
 * handed out; the others are given back, each for its own reason. When an attempt ends during the request, the keyring is
 * asked again, once, for the rest, so that the answer holds no key for it. `PLATFORM_UNREACHABLE` without an answer then.
 */
export async function giveGrants(deps: RpcDeps, request: ExecutorRequest, claimed: readonly Claimed[]): Promise<Given> {
  if (claimed.length === 0) return { frame: undefined, failures: new Map() };
  const { frame, failures, cause } = await getGrants(deps, request, claimed);
  const failed = claimed.filter(({ execution }) => failures.has(execution.id));
  if (failed.length > 0) {
    const cancelled = await deps.database.transaction(async (sql) => giveBackAll(sql, request, { failed, failures }));
    for (const { code } of cancelled) deps.metrics?.ended({ status: "cancelled", code });
  }
  if (cause !== undefined && !(cause instanceof SealrunError)) throw cause;
  if (failed.length === claimed.length) return { frame: undefined, failures };
  crashPoint("platform.claim.after-grant");
  return { frame, failures };
}

/** `cause` is what went wrong for all of them together. */
async function getGrants(
  deps: RpcDeps,
  request: ExecutorRequest,
  claimed: readonly Claimed[],
): Promise<Given & { readonly cause?: unknown }> {
  const items = claimed.map(({ execution, attempt }) => ({
    executionId: execution.id,
    attempt,
    packageId: execution.packageId,
    projectId: execution.projectId,
    ...askedValues(execution.granted),
    endsAt: Date.now() + grantMs,
    ...(execution.trace === null ? {} : { trace: execution.trace }),
  }));
  const first = await askAndMark(deps, request, items).catch((cause: unknown) => ({ cause }));
  if ("cause" in first) {
    const failure = toSealrunError(first.cause);
    const failures = new Map(items.map(({ executionId }) => [executionId, failure]));
    return { frame: undefined, failures, cause: first.cause };
  }
  const { frame, granted, live } = first;
  const failures = new Map(first.refused);
  for (const { executionId } of granted) {
    if (!live.has(executionId)) failures.set(executionId, new SealrunError("LEASE_LOST", ""));
  }
  if (live.size === 0 || live.size === granted.length) return { frame, failures };
  // The keyring's frame is whole or worthless, and this one holds keys of attempts that have ended meanwhile.
  const rest = granted.filter(({ executionId }) => live.has(executionId));
  const again = await askGrants(deps, request, rest).catch((cause: unknown) => {
    // They are granted already, so they cannot be given back: the executor asks again under the same ids.
    const sentence = "The keyring did not answer again, so the claim is not decided";
    throw new SealrunError("PLATFORM_UNREACHABLE", sentence, { cause });
  });
  for (const [executionId, refusal] of again.refused) failures.set(executionId, refusal);
  return { frame: again.frame, failures };
}

/** Asks the keyring, and stores what it grants with the attempts that still live. */
async function askAndMark(deps: RpcDeps, request: ExecutorRequest, items: Parameters<typeof askGrants>[2]) {
  const { frame, refused } = await askGrants(deps, request, items);
  const granted = items.filter(({ executionId }) => !refused.has(executionId));
  return { frame, refused, granted, live: await markGranted(deps.database, request.executorId, granted) };
}

/** Returns the ends of those that were cancelled meanwhile. */
async function giveBackAll(
  sql: Sql,
  request: ExecutorRequest,
  { failed, failures }: { readonly failed: readonly Claimed[]; readonly failures: Given["failures"] },
): Promise<readonly Failure[]> {
  const cancelled: Failure[] = [];
  const locked = await lockExecutions(
    sql,
    failed.map(({ execution }) => execution.id),
  );
  for (const { claim, execution, attempt } of failed) {
    const failure = failures.get(execution.id);
    const now = locked.get(execution.id);
    if (failure === undefined || now === undefined || now.status === "unreadable") continue;
    const claimed: ClaimedAttempt = { executionId: execution.id, attempt, executorId: request.executorId };
    // Another platform may have answered the same claim: then the executor has its grant, and the attempt goes on.
    if (now.status !== "running" || now.attempt !== attempt || (await isGranted(sql, claimed))) continue;
    await giveBack(sql, now, failure);
    if (now.isCancelRequested) cancelled.push(cancelledUnstarted);
    await recordAudit(sql, {
      requester: executorRequester({ ...request, requestId: claim.requestId }),
      action: "execution.give-back",
      object: execution.id,
      detail: { attempt, code: failure.code },
    });
  }
  return cancelled;
}

async function giveBack(sql: Sql, execution: LockedExecution, failure: SealrunError): Promise<void> {
  const { id, attempt, isCancelRequested } = execution;
  await endAttempt(sql, { executionId: id, attempt }, "given-back");
  if (isCancelRequested) {
    // The cancel was requested during the claim: the execution must not be claimed again.
    await endUnfinished(sql, id, { status: "cancelled", error: cancelledUnstarted });
    return;
  }
  await markQueued(sql, id);
  if (!failure.row.retry) {
    await addToOutbox(sql, id);
    await delayInOutbox(sql, id, {
      forMs: delayMs(failure, attempt),
      refusal: `The keyring refused it (${failure.message})`,
    });
  }
  await appendFeed(sql, id, [{ kind: "status", body: { status: "queued" } }]);
}

function delayMs({ code }: SealrunError, attempt: number): number {
  const grown = firstDelayMs * 2 ** (attempt - 1);
  if (code === "KEY_NOT_FOUND") return Math.min(maxDelayMs, grown);
  return code === "NOT_ENROLLED" ? Math.min(maxDelayUnenrolledMs, grown) : firstDelayMs;
}
