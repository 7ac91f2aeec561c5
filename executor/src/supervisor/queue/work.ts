import { crashPoint } from "@sealrun/faults";
import type { Identity } from "@sealrun/crypto";
import type { NatsLink, Peer } from "@sealrun/nats";
import {
  type ExecutionEvent,
  type PoolId,
  type SandboxLevel,
  type SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import type { Logger } from "pino";
import type { Readiness } from "../../machine/readiness.ts";
import { createPlatformRpc } from "../platform/platform-rpc.ts";
import type { PlatformRpc } from "../platform/platform-rpc.ts";
import type { Presence } from "./presence.ts";
import { runAttempt, type RunDeps } from "../run-attempt.ts";
import { claimTogether, type GrantedClaim } from "./claim-together.ts";
import { createSlots, type Slots } from "./slots.ts";
import { type QueuedMessage, takeBatches } from "./take.ts";
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
  /** What the sandbox of scripts holds. */
  readonly level: SandboxLevel;
}

const retryMs = 1_000;
/**
 * After all slots were in use: runs that end together free theirs within this time, and the platform publishes the next
 * events. So they are claimed together too.
 */
const settleMs = 15;
/** How often, and at what interval, an event that seems to have expired is redelivered. */
const maxExpiredOffers = 20;
const clockRetryMs = 30_000;

/**
 * Takes executions and runs them, at most `slots` at once, until `stopTaking` aborts; what runs then is finished first.
 * One request asks for as many events as there are free slots, and what arrives together is claimed together. After that
 * each runs by itself: none waits for another, and the next request waits only for a free slot.
 */
export async function workOnQueue(deps: WorkDeps, count: number, stopTaking: AbortSignal): Promise<void> {
  const rpc = createPlatformRpc(deps);
  const slots = createSlots(count);
  deps.metrics?.watchSlots(count, () => count - slots.free());
  while (!stopTaking.aborted) {
    if (deps.presence.isClockWrong()) {
      await pause(retryMs, stopTaking);
      continue;
    }
    await deps.readiness.wait(stopTaking);
    if (slots.free() === 0) {
      await slots.waitForFree(stopTaking);
      if (count > 1) await pause(settleMs, stopTaking);
    }
    if (stopTaking.aborted) break;
    for await (const messages of takeBatches(deps.link, deps.pool, { max: slots.free(), signal: stopTaking })) {
      if (stopTaking.aborted || !(await deps.readiness.isReady())) {
        for (const message of messages) message.giveBack(0);
        continue;
      }
      crashPoint("executor.take.after");
      workOn(deps, { rpc, slots, stopTaking }, messages);
    }
  }
  await slots.allFree();
}

interface Work {
  readonly rpc: PlatformRpc;
  readonly slots: Slots;
  readonly stopTaking: AbortSignal;
}

/** Claims what arrived together, and runs each in its own slot. */
function workOn(deps: WorkDeps, work: Work, messages: readonly QueuedMessage[]): void {
  const kept = messages.map((message) => ({ message, free: keepSlot(deps, work.slots, message) }));
  const verified = kept.flatMap(({ message, free }) => {
    try {
      return [{ message, free, event: verifyEvent(message.frame, deps, Date.now()) }];
    } catch (error) {
      fail(deps, message, error);
      free();
      return [];
    }
  });
  if (verified.length === 0) return;
  crashPoint("executor.claim.before");
  const claims = claimTogether(
    { claim: async (request) => work.rpc.claim({ ...request, sandbox: deps.level }) },
    verified.map(({ event }) => event),
    work.stopTaking,
  );
  for (const [place, { message, free, event }] of verified.entries()) {
    const claim = claims[place];
    if (claim !== undefined) void runClaimed(deps, work.rpc, { message, event, claim }).finally(free);
  }
}

/** Takes a slot and keeps the message; the returned function frees both. */
function keepSlot({ presence }: Pick<WorkDeps, "presence">, slots: Slots, message: QueuedMessage): () => void {
  const free = slots.take();
  const release = message.keep();
  const endRun = presence.begin();
  return () => {
    endRun();
    release();
    free();
  };
}

async function runClaimed(
  deps: WorkDeps,
  rpc: PlatformRpc,
  taken: {
    readonly message: QueuedMessage;
    readonly event: ExecutionEvent;
    readonly claim: Promise<GrantedClaim>;
  },
): Promise<void> {
  const { message, event } = taken;
  const takenAt = performance.now();
  try {
    const claim = await taken.claim;
    deps.metrics?.claimed(performance.now() - takenAt);
    crashPoint("executor.claim.after");
    const ref = { executionId: event.executionId, attempt: claim.attempt };
    deps.log.info({ ...ref, project: event.project.name, package: event.package.name }, "Running an execution");
    const emptySpool = await runAttempt(
      deps,
      { event, ref, rpc, keyring: deps.keyring, executorId: deps.identity.id, box: deps.identity.box },
      claim,
    );
    message.done();
    crashPoint("executor.acknowledge.after");
    await emptySpool();
  } catch (error) {
    fail(deps, message, error);
  }
}

function fail(deps: Pick<WorkDeps, "presence" | "log" | "metrics">, message: QueuedMessage, error: unknown): void {
  const failure = toSealrunError(error);
  deps.metrics?.refused(failure.code);
  if (failure.code === "EXPIRED" || failure.code === "CLOCK_WRONG") deps.presence.checkClock();
  settle(deps.log, message, failure);
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
  } else if (error.row.retry || error.code === "INTERNAL" || error.code === "SANDBOX_TOO_WEAK") {
    log.warn({ err: error, code: error.code }, "An execution could not be started here; it is given back to the queue");
    message.giveBack(retryMs * 5);
  } else {
    log.warn({ code: error.code }, `An event was refused and is removed from the queue: ${error.message}`);
    message.done();
  }
}
