import { crashPoint } from "@sealrun/faults";
import { newId, type Identity } from "@sealrun/crypto";
import type { NatsLink, Peer } from "@sealrun/nats";
import {
  type ClaimReply,
  type ExecutionEvent,
  limits,
  type PoolId,
  type SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Readiness } from "../../machine/readiness.ts";
import { createPlatformRpc } from "../platform/platform-rpc.ts";
import type { PlatformRpc } from "../../between/platform-rpc.ts";
import type { Presence } from "./presence.ts";
import { type RunDeps, runAttempt } from "../run-attempt.ts";
import { type QueuedMessage, takeNext } from "./take.ts";
import { pause } from "../../waits.ts";
import { verifyEvent } from "./verify-event.ts";

/** What working on executions needs. */
export interface WorkDeps extends RunDeps {
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly pool: PoolId;
  readonly platform: Peer;
  readonly keyring: Peer;
  readonly log: Logger;
  readonly presence: Pick<Presence, "begin" | "checkClock" | "isClockWrong">;
  readonly readiness: Readiness;
}

const claimTries = 5;
const retryMs = 1_000;
/** How often, and at what interval, an event that seems to have expired is redelivered. */
const maxExpiredOffers = 20;
const clockRetryMs = 30_000;
/** A claim without an answer may have been granted. It is retried until its lease, if there is one, has expired. */
const unansweredMs = 2 * limits.leaseMs;

/** One slot: takes an execution, runs it, takes the next, until `stopTaking` aborts; a run is finished first. */
export async function workSlot(deps: WorkDeps, stopTaking: AbortSignal): Promise<void> {
  const rpc = createPlatformRpc(deps);
  while (!stopTaking.aborted) {
    if (deps.presence.isClockWrong()) {
      await pause(retryMs, stopTaking);
      continue;
    }
    await deps.readiness.wait(stopTaking);
    if (stopTaking.aborted) return;
    const message = await takeNext(deps.link, deps.pool, stopTaking);
    if (message === undefined) continue;
    if (stopTaking.aborted || !(await deps.readiness.isReady())) message.giveBack(0);
    else {
      crashPoint("executor.take.after");
      await workOn(deps, rpc, message, stopTaking);
    }
  }
}

async function workOn(
  deps: WorkDeps,
  rpc: PlatformRpc,
  message: QueuedMessage,
  stopTaking: AbortSignal,
): Promise<void> {
  const release = message.keep();
  const endRun = deps.presence.begin();
  try {
    const event = verifyEvent(message.frame, deps, Date.now());
    crashPoint("executor.claim.before");
    const { claim, askedAt } = await claimExecution(rpc, event, stopTaking);
    crashPoint("executor.claim.after");
    const ref = { executionId: event.executionId, attempt: claim.attempt };
    deps.log.info({ ...ref, project: event.project.name, package: event.package.name }, "Running an execution");
    const emptySpool = await runAttempt(
      deps,
      { event, ref, rpc, keyring: deps.keyring, executorId: deps.identity.id, box: deps.identity.box },
      { leaseMs: claim.leaseMs, askedAt, grant: claim.grant },
    );
    message.done();
    crashPoint("executor.acknowledge.after");
    await emptySpool();
  } catch (error) {
    const failure = toSealrunError(error);
    if (failure.code === "EXPIRED" || failure.code === "CLOCK_WRONG") deps.presence.checkClock();
    settle(deps.log, message, failure);
  } finally {
    endRun();
    release();
  }
}

/**
 * Claims until there is an answer; every try has the same request id, so that together they claim once. Once a try may
 * have been granted, only an answer ends the retries: without it the execution would be lost without having run.
 */
export async function claimExecution(
  rpc: Pick<PlatformRpc, "claim">,
  event: Pick<ExecutionEvent, "executionId" | "generation">,
  stop: AbortSignal,
): Promise<{ readonly claim: ClaimReply; readonly askedAt: number }> {
  const requestId = newId("request");
  const giveUpAt = performance.now() + unansweredMs;
  let mayBeGranted = false;
  for (let tried = 1; ; tried += 1) {
    const askedAt = performance.now();
    try {
      const claim = await rpc.claim({ executionId: event.executionId, generation: event.generation }, requestId);
      return { claim, askedAt };
    } catch (error) {
      const failure = toSealrunError(error);
      mayBeGranted ||= mayHaveCommitted(failure);
      const mayPass = failure.row.retry || failure.code === "INTERNAL";
      const canRetry = mayPass && (mayBeGranted ? performance.now() < giveUpAt : tried < claimTries);
      if (!canRetry || stop.aborted) throw error;
      await pause(retryMs, stop);
    }
  }
}

/** Whether the platform may have committed the claim although its answer did not arrive. */
function mayHaveCommitted({ code }: SealrunError): boolean {
  return code === "PLATFORM_UNREACHABLE" || code === "POSTGRES_UNREACHABLE";
}

/**
 * Takes an event that can never run out of the queue, and gives one whose failure may pass back for redelivery. An
 * expired event is given back for some minutes too: this machine's clock may be wrong, and another executor's right.
 * After that the event has expired by any clock, or the platform publishes a new one.
 */
export function settle(
  log: Logger,
  message: Pick<QueuedMessage, "done" | "giveBack" | "delivered">,
  error: SealrunError,
): void {
  if (error.code === "EXPIRED" && message.delivered < maxExpiredOffers) {
    log.warn(
      { code: error.code },
      "An event has expired, or this machine's clock is wrong; the event is given back. If this line repeats, check the clock",
    );
    message.giveBack(clockRetryMs);
  } else if (error.row.retry || error.code === "INTERNAL") {
    log.warn({ err: error, code: error.code }, "An execution could not be started here; it is given back to the queue");
    message.giveBack(retryMs * 5);
  } else {
    log.warn({ code: error.code }, `An event was refused and is removed from the queue: ${error.message}`);
    message.done();
  }
}
