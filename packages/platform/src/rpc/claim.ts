import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import {
  type Claim,
  type ClaimRequest,
  claimRequest,
  type ClaimReply,
  type ClaimVerdict,
  cutBatches,
  decode,
  type ExecutionId,
  grantBytes,
  limits,
  type NetworkForm,
  reachesLevel,
  type SandboxLevel,
  SealrunError,
  showForm,
} from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { findClaimed, startAttempts } from "../executions/claim-store.ts";
import { describeOpened } from "../executions/granted.ts";
import { lockExecutions, type LockedExecution } from "../executions/store.ts";
import { executorRequester, type ExecutorRequest, type RpcDeps } from "../executors/executor-request.ts";
import { addToOutbox, delayInOutbox } from "../outbox/store.ts";
import { type Claimed, giveGrants } from "./give-grants.ts";
import { recordRefusals } from "./record-refusal.ts";

/** An execution whose network the claiming executor does not enforce is offered again after this time. */
const unenforcedMs = 10_000;

type Verdict = Claimed | SealrunError;

/**
 * Gives queued executions to the executor that claims them: all of a request in one transaction, with a verdict for each.
 * Attempts, leases and audit rows are committed before the keyring is asked; its grants are committed before they are
 * handed out. The same claim sent again, beside the same or other claims, gets the same attempt. `CLAIM_REFUSED`,
 * `NETWORK_NOT_ENFORCED`, `SANDBOX_TOO_WEAK` or `EXPIRED` when an execution cannot be claimed, `RATE_LIMITED` when its
 * grant no longer fits into the answer. When the
 * keyring refuses or does not answer, the execution is queued again and the keyring's error is passed on.
 */
export async function answerClaim(deps: RpcDeps & Pick<Deps, "log">, request: ExecutorRequest): Promise<ClaimReply> {
  const startMs = Date.now();
  const { claims, sandbox } = decode(claimRequest, request.body);
  const taken = await deps.database.transaction(async (sql) => takeAll(sql, request, { claims, sandbox }));
  crashPoint("platform.claim.after-commit");
  const claimed = claims.flatMap(({ executionId }) => {
    const verdict = taken.get(executionId);
    return verdict === undefined || verdict instanceof SealrunError ? [] : [verdict];
  });
  const { frame, failures } = await giveGrants(deps, request, claimed);
  const refused = new Map<ExecutionId, SealrunError>(failures);
  for (const [id, verdict] of taken) if (verdict instanceof SealrunError) refused.set(id, verdict);
  for (const { execution } of claimed) {
    const isFirst = execution.status === "queued" && execution.attempt === 0 && !refused.has(execution.id);
    if (isFirst) deps.metrics?.started(execution.waitedMs);
  }
  recordSpans(deps, claimed, { startMs, refused });
  for (const { code } of refused.values()) deps.metrics?.claimRefused(code);
  await recordRefusals(
    deps,
    claims.flatMap((claim) => {
      const error = refused.get(claim.executionId);
      return error === undefined ? [] : [{ requester: requesterOf(request, claim), claim, error }];
    }),
  );
  const verdicts = claims.map(({ executionId }): ClaimVerdict => {
    const verdict = refused.get(executionId) ?? taken.get(executionId) ?? unknownExecution();
    if (!(verdict instanceof SealrunError)) {
      return { executionId, ok: true, attempt: verdict.attempt, leaseMs: limits.leaseMs };
    }
    return { executionId, ok: false, error: { code: verdict.code, message: verdict.message } };
  });
  return { ok: true, claims: verdicts, ...(frame === undefined ? {} : { grants: frame }) };
}

/** How long each execution was queued, and what became of its claim. */
function recordSpans(
  { tracer }: Pick<Deps, "tracer">,
  claimed: readonly Claimed[],
  { startMs, refused }: { readonly startMs: number; readonly refused: ReadonlyMap<ExecutionId, SealrunError> },
): void {
  for (const { execution, attempt } of claimed) {
    const parent = execution.trace ?? undefined;
    const fields = { "sealrun.execution.id": execution.id, "sealrun.attempt": attempt };
    const code = refused.get(execution.id)?.code;
    if (execution.status === "queued" && attempt === 1)
      tracer?.record({ name: "sealrun.queue", parent, startMs: startMs - execution.waitedMs, endMs: startMs, fields });
    tracer?.record({ name: "sealrun.claim", parent, startMs, fields, code });
  }
}

/** Claims what can be claimed. All checks come before the first write, so that one refusal undoes nothing of the others. */
async function takeAll(
  sql: Sql,
  request: ExecutorRequest,
  { claims, sandbox }: Pick<ClaimRequest, "claims" | "sandbox">,
): Promise<ReadonlyMap<ExecutionId, Verdict>> {
  const ids = claims.map(({ executionId }) => executionId);
  // Sent together: the second runs after the first, and sees what was committed while that one waited.
  const [executions, known] = await Promise.all([
    lockExecutions(sql, ids),
    findClaimed(sql, request.executorId, claims),
  ]);
  const judged = claims.map((claim) => {
    const execution = executions.get(claim.executionId);
    if (execution === undefined) return unknownExecution();
    if (execution.status === "unreadable") {
      return new SealrunError("INTERNAL", `The row of the execution ${execution.id} cannot be read`);
    }
    return judge({ ...claim, sandbox }, execution, known.get(claim.executionId));
  });
  const [fitting = [], ...more] = cutBatches(
    judged.flatMap((verdict) => (verdict instanceof SealrunError ? [] : [verdict])),
    ({ execution }) => grantBytes(execution.granted.length),
  );
  await holdUnenforced(sql, request, claims, judged);
  if (fitting.length > 0) await storeClaims(sql, { ...request, sandbox }, fitting);
  const tooMany = new Set(more.flat());
  return new Map(
    claims.map(({ executionId }, place) => {
      const verdict = judged[place] ?? unknownExecution();
      const isLeftOut = !(verdict instanceof SealrunError) && tooMany.has(verdict);
      return [executionId, isLeftOut ? leftOut() : verdict];
    }),
  );
}

/** Another executor of the pool may enforce the network. Meanwhile the execution must not take the place of others. */
async function holdUnenforced(
  sql: Sql,
  { executorId }: ExecutorRequest,
  claims: readonly Claim[],
  judged: readonly Verdict[],
): Promise<void> {
  for (const [place, { executionId: id }] of claims.entries()) {
    const verdict = judged[place];
    if (!(verdict instanceof SealrunError) || verdict.code !== "NETWORK_NOT_ENFORCED") continue;
    await addToOutbox(sql, id);
    await delayInOutbox(sql, id, {
      forMs: unenforcedMs,
      refusal: `Executor ${executorId} refused it (${verdict.message})`,
    });
  }
}

/** What is known of a claim besides its execution: `before` is what it got before. */
interface Known {
  readonly isOwnPool: boolean;
  readonly network: NetworkForm;
  readonly isNetworkOffered: boolean;
  readonly project: string;
  readonly minSandbox: SandboxLevel;
  readonly before: { readonly attempt: number; readonly isLive: boolean } | undefined;
}

/** Whether the executor gets this execution, and under which attempt. */
function judge(
  claim: Claim & Pick<ClaimRequest, "sandbox">,
  execution: LockedExecution,
  found: Known | undefined,
): Verdict {
  // Its event went to another queue, which this executor cannot read.
  if (found?.isOwnPool !== true) return new SealrunError("CLAIM_REFUSED", "The execution waits for another pool");
  if (!reachesLevel(claim.sandbox, found.minSandbox)) return tooWeak(found, claim.sandbox);
  const known = found.before;
  if (execution.status === "queued") {
    // A new event is published after the hold.
    if (execution.isHeld) return new SealrunError("CLAIM_REFUSED", "The platform is held and starts nothing");
    // This also applies to a repeated claim: a requeued execution can only be claimed with its newest event.
    if (claim.generation !== execution.generation) return refused(execution);
    if (!found.isNetworkOffered) return notOffered(found.network);
    if (execution.isExpired) return new SealrunError("EXPIRED", `The event of ${execution.id} has expired`);
  } else if (execution.status !== "running" || known?.isLive !== true) return refused(execution);
  // A repeated claim can only get the newest attempt: while its lease is live, or after it was given back.
  if (known !== undefined && known.attempt !== execution.attempt) return refused(execution);
  return { claim, execution, attempt: known?.attempt ?? execution.attempt + 1, network: found.network };
}

/** Commits too. */
async function storeClaims(
  sql: Sql,
  request: ExecutorRequest & Pick<ClaimRequest, "sandbox">,
  claimed: readonly Claimed[],
): Promise<void> {
  const started = claimed.map(({ claim, execution, attempt, network }) => ({
    network,
    executionId: execution.id,
    attempt,
    isQueued: execution.status === "queued",
    requester: requesterOf(request, claim),
    detail: { attempt, generation: claim.generation, ...describeOpened(execution.granted) },
  }));
  await sql.last(async () => {
    const written = startAttempts(sql, { id: request.executorId, sandbox: request.sandbox }, started);
    crashPoint("platform.claim.before-commit");
    await written;
  });
}

/** The requester of one claim: its own request id says which claim a row of the audit is about. */
function requesterOf(request: ExecutorRequest, { requestId }: Claim): ReturnType<typeof executorRequester> {
  return executorRequester({ ...request, requestId });
}

function refused({ status, attempt }: LockedExecution): SealrunError {
  return new SealrunError("CLAIM_REFUSED", `The execution is ${status} and has attempt ${attempt}`);
}

function notOffered(network: NetworkForm): SealrunError {
  return new SealrunError(
    "NETWORK_NOT_ENFORCED",
    `This executor does not offer the network ${showForm(network)}, or the project does not allow it`,
  );
}

function tooWeak({ project, minSandbox }: Known, sandbox: SandboxLevel | undefined): SealrunError {
  return new SealrunError(
    "SANDBOX_TOO_WEAK",
    `Project ${project} requires the sandbox level ${minSandbox}, and this executor reaches ${sandbox ?? "none that it says"}`,
  );
}

function unknownExecution(): SealrunError {
  return new SealrunError("EXECUTION_NOT_FOUND", "");
}

function leftOut(): SealrunError {
  return new SealrunError("RATE_LIMITED", "The answer has no room for the grant of this execution; claim it again");
}
