import { crashPoint } from "@sealrun/faults";
import { type ExecutionId, limits, reportsStream, toSealrunError, type AttemptRef } from "@sealrun/protocol";
import { Events } from "nats";
import type { Deps } from "../deps.ts";
import { endGrants } from "./end-grants.ts";
import { loseAttempt } from "./lose-attempt.ts";
import { readProgress, reportsConsumer } from "../nats/streams.ts";
import { listStalled } from "../reports/gap-store.ts";
import { giveUpWaiting } from "./give-up-waiting.ts";
import { listLost, lockLost, readClock } from "../executions/store.ts";
import { watchClock } from "./watch-clock.ts";

const sweepMs = 2_000;
/** A database's clock that is set right in small pieces is left alone: leases are much longer. */
const maxJumpMs = 5_000;

type SweepDeps = Pick<Deps, "database" | "fitness" | "link" | "identity" | "keyring" | "log">;

/**
 * Every two seconds: ends attempts whose lease has, closes what waits for reports that do not come, and tells the
 * keyring which grants are over. While this platform could not be reached nobody could renew a lease at it, so that
 * after its start, after NATS or PostgreSQL were away, after PostgreSQL's clock leapt forward, and after its own was
 * wrong, it waits until every executor that lives has had its turn.
 */
export function startSweeper(deps: SweepDeps): () => Promise<void> {
  const connectivity = watchConnectivity(deps);
  const readJump = watchClock(async () => readClock(deps.database));
  let sweeping: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  const timer = setInterval(() => {
    connectivity.tick();
    // It has left the queue groups: nobody could renew a lease here. The keyring would refuse what it says.
    if (deps.fitness.clockFault() !== undefined) return connectivity.noteOutage();
    sweeping ??= sweep(deps, connectivity, readJump).finally(() => (sweeping = undefined));
    // A keyring that does not answer must not hold up the rest.
    ending ??= endGrants(deps).finally(() => (ending = undefined));
  }, sweepMs);
  return async () => {
    clearInterval(timer);
    await sweeping;
    await ending;
  };
}

/** Whether executors could be heard for long enough that silence means something. */
interface Connectivity {
  readonly isReliable: () => boolean;
  readonly tick: () => void;
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
      // A process that slept heard nobody either.
      const now = performance.now();
      if (now - tickedAt > 3 * sweepMs) noteOutage();
      tickedAt = now;
    },
    isReliable: () => isConnected && performance.now() >= graceUntil,
  };
}

async function sweep(deps: SweepDeps, connectivity: Connectivity, readJump: () => Promise<number>): Promise<void> {
  const { database, log } = deps;
  try {
    const silent = await listLost(database);
    // Looked at after the list was made, so that nothing is in it because of a leap that is not seen yet.
    const jumpMs = await readJump();
    if (jumpMs > maxJumpMs) {
      connectivity.noteOutage();
      log.warn(
        { jumpMs: Math.round(jumpMs) },
        "PostgreSQL's clock leapt forward; executors get time to renew their leases",
      );
    }
    if (connectivity.isReliable()) {
      for (const id of silent) await isolateFailure(deps, id, async () => expireLease(deps, id));
    }
    await closeGaps(deps);
  } catch (error) {
    connectivity.noteOutage();
    log.error({ err: error }, "Ended leases could not be swept; trying again");
  }
}

/** What fails for one execution alone must not keep the others from their end. PostgreSQL being away is thrown. */
async function isolateFailure(
  { log }: Pick<SweepDeps, "log">,
  executionId: ExecutionId,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (toSealrunError(error).code !== "INTERNAL") throw error;
    log.error({ err: error, executionId }, "An execution could not be swept; trying again");
  }
}

async function expireLease({ database, log }: Pick<SweepDeps, "database" | "log">, id: ExecutionId): Promise<void> {
  const ended = await database.transaction(async (sql) => {
    const lost = await lockLost(sql, id);
    if (lost === undefined) return undefined;
    const fate = await loseAttempt(sql, lost);
    crashPoint("platform.sweep.before-commit");
    return { executionId: id, attempt: lost.attempt, fate };
  });
  if (ended === undefined) return;
  crashPoint("platform.sweep.after-commit");
  log.warn(ended, "An attempt's executor was not heard any more");
}

/** Reports that are still in the stream are a backlog and no loss: then nothing is given up. */
async function closeGaps(deps: Pick<SweepDeps, "database" | "link" | "log">): Promise<void> {
  const silent = await listStalled(deps.database);
  if (silent.length === 0) return;
  const { waiting } = await readProgress(deps.link, reportsStream, reportsConsumer);
  if (waiting > 0) return;
  for (const of of silent) await isolateFailure(deps, of.executionId, async () => closeGap(deps, of));
}

async function closeGap({ database, log }: Pick<SweepDeps, "database" | "log">, of: AttemptRef): Promise<void> {
  const isNew = await database.transaction(async (sql) => giveUpWaiting(sql, of));
  if (isNew) log.warn({ ...of }, "Reports of a run have not arrived; its execution says so until they do");
}
