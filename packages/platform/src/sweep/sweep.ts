import { crashPoint } from "@sealrun/faults";
import { type ExecutionId, limits, reportsStream, toSealrunError, type AttemptRef } from "@sealrun/protocol";
import { Events } from "nats";
import type { Deps } from "../deps.ts";
import { endGrants } from "./end-grants.ts";
import { loseAttempt } from "./lose-attempt.ts";
import { readProgress, reportsConsumer } from "../nats/streams.ts";
import { listStalled } from "../reports/gap-store.ts";
import { giveUpWaiting } from "./give-up-waiting.ts";
import { listLost, lockLost } from "../executions/store.ts";
import { cancelledUnstarted } from "../executions/transitions.ts";
import { attemptsBell } from "../postgres/channels.ts";
import { lookForSweep, type SweepLook } from "./sweep-store.ts";
import { watchClock } from "./watch-clock.ts";

const tickMs = 2_000;
/** Smaller corrections of the database's clock are ignored: leases are much longer. */
const maxJumpMs = 5_000;

type SweepDeps = Pick<Deps, "database" | "fitness" | "link" | "identity" | "keyring" | "log" | "metrics">;

/**
 * Ends attempts whose lease expired, closes executions whose reports are missing, and tells the keyring which grants
 * have ended: within two seconds after the time that it knows or the attempt's end. What other platforms have added it
 * sees every `limits.safetyPollMs`, and often enough to know each lease before it expires. While this platform was
 * unreachable, executors could not renew their leases. So it waits, until every live executor has had time to renew:
 * after its start, after an outage of NATS or PostgreSQL, after PostgreSQL's clock jumped forward, and after its own
 * clock was wrong.
 */
export function startSweeper(deps: SweepDeps): () => Promise<void> {
  const connectivity = watchConnectivity(deps);
  const watched = watchSweep(deps);
  let sweepAt = 0;
  let isGrantOpen = false;
  let sweeping: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  const sweepNow = async (): Promise<void> => {
    const { waitMs, look } = await sweep(deps, connectivity, watched);
    sweepAt = performance.now() + waitMs;
    isGrantOpen ||= look?.isGrantOpen === true;
  };
  const endNow = async (): Promise<void> => {
    isGrantOpen = false;
    if (!(await endGrants(deps))) isGrantOpen = true;
  };
  const stopHearing = deps.database.onRing(attemptsBell, () => (isGrantOpen = true));
  const timer = setInterval(() => {
    connectivity.tick();
    // With a wrong clock this platform has left the queue groups, so no lease is renewed here, and the keyring refuses
    // its requests.
    if (deps.fitness.clockFault() !== undefined) return connectivity.noteOutage();
    if (!deps.fitness.isAnswering()) connectivity.noteOutage();
    if (performance.now() >= sweepAt) sweeping ??= sweepNow().finally(() => (sweeping = undefined));
    // A keyring that does not answer must not delay the rest.
    if (isGrantOpen) ending ??= endNow().finally(() => (ending = undefined));
  }, tickMs);
  return async () => {
    stopHearing();
    clearInterval(timer);
    await sweeping;
    await ending;
  };
}

/** Whether executors could reach this platform for long enough that an expired lease means a lost executor. */
interface Connectivity {
  readonly isReliable: () => boolean;
  /** Call it regularly: a long pause means that this process was suspended. */
  readonly tick: () => void;
  /** Starts the grace period again: executors may not have reached this platform. */
  readonly noteOutage: () => void;
}

function watchConnectivity({ link }: Pick<SweepDeps, "link">): Connectivity {
  let graceUntil = performance.now() + limits.sweepGraceMs;
  let tickedAt = performance.now();
  let isConnected = true;
  const noteOutage = (): void => {
    graceUntil = performance.now() + limits.sweepGraceMs;
  };
  const watch = async (): Promise<void> => {
    for await (const { type } of link.connection.status()) {
      if (type !== Events.Disconnect && type !== Events.Reconnect) continue;
      isConnected = type === Events.Reconnect;
      noteOutage();
    }
  };
  void watch();
  return {
    noteOutage,
    tick: () => {
      // A suspended process received no renewals either.
      const now = performance.now();
      if (now - tickedAt > 3 * tickMs) noteOutage();
      tickedAt = now;
    },
    isReliable: () => isConnected && performance.now() >= graceUntil,
  };
}

/** A look for work, and by how much the database's clock jumped forward since the one before. */
interface WatchedLook {
  readonly look: SweepLook;
  readonly jumpMs: number;
}

function watchSweep({ database }: Pick<SweepDeps, "database">): () => Promise<WatchedLook> {
  let look: SweepLook | undefined;
  const readJump = watchClock(async () => {
    look = await lookForSweep(database);
    return look.clockMs;
  });
  return async () => {
    const jumpMs = await readJump();
    if (look === undefined) throw new TypeError("the clock was read without a look");
    return { look, jumpMs };
  };
}

/** Does what is due. Returns the ms until the next sweep, and the look that this one had; none when it failed. */
async function sweep(
  deps: SweepDeps,
  connectivity: Connectivity,
  watched: () => Promise<WatchedLook>,
): Promise<{ readonly waitMs: number; readonly look?: SweepLook }> {
  const { database, log } = deps;
  const noteJump = (jumpMs: number): void => {
    if (jumpMs <= maxJumpMs) return;
    connectivity.noteOutage();
    log.warn(
      { jumpMs: Math.round(jumpMs) },
      "PostgreSQL's clock jumped forward; executors get time to renew their leases",
    );
  };
  try {
    const { look, jumpMs } = await watched();
    noteJump(jumpMs);
    if (look.leaseMs <= 0) {
      const expired = await listLost(database);
      // Read after the list, so that the list has no lease that only seems expired because of an undetected jump.
      noteJump((await watched()).jumpMs);
      if (connectivity.isReliable()) {
        for (const id of expired) await isolateFailure(deps, id, async () => expireLease(deps, id));
      }
    }
    if (look.reportsMs <= 0) await closeGaps(deps);
    return { waitMs: Math.min(look.leaseMs, look.reportsMs, limits.safetyPollMs, limits.leaseMs / 2), look };
  } catch (error) {
    connectivity.noteOutage();
    log.error({ err: error }, "Expired leases could not be checked; trying again");
    return { waitMs: 0 };
  }
}

/** Logs a failure of one execution, so that the others go on. An outage of PostgreSQL is thrown. */
async function isolateFailure(
  { log }: Pick<SweepDeps, "log">,
  executionId: ExecutionId,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (toSealrunError(error).code !== "INTERNAL") throw error;
    log.error({ err: error, executionId }, "An expired lease or missing reports could not be handled; trying again");
  }
}

async function expireLease(
  { database, log, metrics }: Pick<SweepDeps, "database" | "log" | "metrics">,
  id: ExecutionId,
): Promise<void> {
  const ended = await database.transaction(async (sql) => {
    const lost = await lockLost(sql, id);
    if (lost === undefined) return undefined;
    const fate = await loseAttempt(sql, lost);
    crashPoint("platform.sweep.before-commit");
    return { executionId: id, attempt: lost.attempt, fate };
  });
  if (ended === undefined) return;
  crashPoint("platform.sweep.after-commit");
  if (ended.fate === "lost") metrics?.ended({ status: "lost", code: "LEASE_LOST" });
  if (ended.fate === "cancelled") metrics?.ended({ status: "cancelled", code: cancelledUnstarted.code });
  log.warn(ended, "Lease expired: the executor stopped renewing; its attempt has ended");
}

/** While reports are still in the stream they are a backlog, not lost, so nothing is closed. */
async function closeGaps(deps: Pick<SweepDeps, "database" | "link" | "log">): Promise<void> {
  const stalled = await listStalled(deps.database);
  if (stalled.length === 0) return;
  const { waiting } = await readProgress(deps.link, reportsStream, reportsConsumer);
  if (waiting > 0) return;
  for (const of of stalled) await isolateFailure(deps, of.executionId, async () => closeGap(deps, of));
}

async function closeGap({ database, log }: Pick<SweepDeps, "database" | "log">, of: AttemptRef): Promise<void> {
  const isNew = await database.transaction(async (sql) => giveUpWaiting(sql, of));
  if (isNew) log.warn({ ...of }, "Reports of an attempt are missing; its execution shows that until they arrive");
}
