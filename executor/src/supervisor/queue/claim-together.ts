import { newId } from "@sealrun/crypto";
import {
  answeredError,
  type Claim,
  type ClaimReply,
  type ClaimVerdict,
  cutBatches,
  type ExecutionEvent,
  grantBytes,
  limits,
  SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import type { PlatformRpc } from "../platform/platform-rpc.ts";
import { pause } from "../../waits.ts";

const claimTries = 5;
const retryMs = 1_000;
/** A claim without an answer may have been granted. It is retried until its lease, if there is one, has expired. */
const unansweredMs = 2 * limits.leaseMs;

/** What a claim needs to know of an event. */
export type ClaimedEvent = Pick<ExecutionEvent, "executionId" | "generation"> & {
  readonly secrets: readonly unknown[];
};

/** A granted claim: `askedAt` is on the monotonic clock, `grants` the keyring's frame in base64. */
export interface GrantedClaim {
  readonly attempt: number;
  readonly leaseMs: number;
  readonly grants: string;
  readonly askedAt: number;
}

interface Waiting {
  readonly claim: Claim;
  /** Bytes that its grant needs in the answer. */
  readonly bytes: number;
  readonly settled: PromiseWithResolvers<GrantedClaim>;
  tried: number;
  mayBeGranted: boolean;
}

/**
 * Claims events together: in one request as far as they fit into one. Gives a promise for each event in order; each is
 * kept or fails as soon as its own claim is decided, and holds up no other. A claim is retried under its own request id,
 * beside whatever else is still undecided, so that all its tries together claim once. Once a try may have been granted,
 * only an answer ends the retries: without it the execution would be lost without having run.
 */
export function claimTogether(
  rpc: Pick<PlatformRpc, "claim">,
  events: readonly ClaimedEvent[],
  stop: AbortSignal,
): readonly Promise<GrantedClaim>[] {
  const waiting = events.map((event): Waiting => {
    const { executionId, generation } = event;
    return {
      claim: { requestId: newId("request"), executionId, generation },
      // Besides secrets, a grant may open parameters and the data of an event.
      bytes: grantBytes(Math.min(event.secrets.length, limits.grantSecrets) + 2),
      settled: Promise.withResolvers(),
      tried: 0,
      mayBeGranted: false,
    };
  });
  for (const together of distinct(waiting)) {
    for (const batch of cutBatches(together, ({ bytes }) => bytes)) void claimBatch(rpc, batch, stop);
  }
  return waiting.map(async ({ settled }) => settled.promise);
}

async function claimBatch(
  rpc: Pick<PlatformRpc, "claim">,
  batch: readonly Waiting[],
  stop: AbortSignal,
): Promise<void> {
  const giveUpAt = performance.now() + unansweredMs;
  for (let left = batch; left.length > 0;) {
    const askedAt = performance.now();
    const answer = await ask(rpc, left);
    const undecided: Waiting[] = [];
    for (const waiting of left) {
      const result = answerTo(waiting, answer, askedAt);
      if (!(result instanceof SealrunError)) waiting.settled.resolve(result);
      else if (!stop.aborted && mayRetry(waiting, result, giveUpAt)) undecided.push(waiting);
      else waiting.settled.reject(result);
    }
    left = undecided;
    if (left.length > 0) await pause(retryMs, stop);
  }
}

async function ask(rpc: Pick<PlatformRpc, "claim">, batch: readonly Waiting[]): Promise<ClaimReply | SealrunError> {
  try {
    return await rpc.claim({ claims: batch.map(({ claim }) => claim) });
  } catch (error) {
    return toSealrunError(error);
  }
}

function answerTo({ claim }: Waiting, answer: ClaimReply | SealrunError, askedAt: number): GrantedClaim | SealrunError {
  if (answer instanceof SealrunError) return answer;
  const verdict = answer.claims.find(({ executionId }) => executionId === claim.executionId);
  if (verdict === undefined || (verdict.ok && answer.grants === undefined)) {
    return new SealrunError("MALFORMED", `The platform's answer lacks the claim of ${claim.executionId}`);
  }
  return verdict.ok ? granted(verdict, answer.grants ?? "", askedAt) : answeredError(verdict.error);
}

function granted(
  { attempt, leaseMs }: Extract<ClaimVerdict, { ok: true }>,
  grants: string,
  askedAt: number,
): GrantedClaim {
  return { attempt, leaseMs, grants, askedAt };
}

/** Counts the try, and says whether another one may help. */
function mayRetry(waiting: Waiting, failure: SealrunError, giveUpAt: number): boolean {
  waiting.tried += 1;
  waiting.mayBeGranted ||= mayHaveCommitted(failure);
  const mayPass = failure.row.retry || failure.code === "INTERNAL";
  return mayPass && (waiting.mayBeGranted ? performance.now() < giveUpAt : waiting.tried < claimTries);
}

/** Whether the platform may have committed the claim although its answer did not arrive. */
function mayHaveCommitted({ code }: SealrunError): boolean {
  return code === "PLATFORM_UNREACHABLE" || code === "POSTGRES_UNREACHABLE";
}

/** Parts in which each execution is once: an old event of it may have come together with its newest. */
function distinct(waiting: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const parts: Waiting[][] = [];
  for (const one of waiting) {
    const part = parts.find((known) => known.every(({ claim }) => claim.executionId !== one.claim.executionId));
    if (part === undefined) parts.push([one]);
    else part.push(one);
  }
  return parts;
}
