import { crashPoint } from "@sealrun/faults";
import { type ExecutionId, limits, toSealrunError } from "@sealrun/protocol";
import { Events } from "nats";
import type { Deps } from "../deps.ts";
import { endGrants } from "./end-grants.ts";
import { loseAttempt } from "./lose-attempt.ts";
import { applyWaiting } from "./reports/apply-report.ts";
import { type AttemptId, listGaps } from "./reports/report-store.ts";
import { listLost, lockExecution, lockLost, readClock } from "./store.ts";
import { watchClock } from "./watch-clock.ts";

const sweepMs = 2_000;
/** A database's clock that is set right in small pieces is left alone: leases are much longer. */
const leapMs = 5_000;

type Needed = Pick<Deps, "database" | "fitness" | "link" | "identity" | "keyring" | "log">;

/**
 * Every two seconds: ends attempts whose lease has, shows reports that wait for a chunk that never came, and tells the
 * keyring which grants are over. While this platform could not be reached nobody could renew a lease at it, so that
 * after its start, after NATS or PostgreSQL were away, after PostgreSQL's clock leapt forward, and after its own was
 * wrong, it waits until every executor that lives has had its turn.
 */
export function startSweeper(deps: Needed): () => Promise<void> {
  const hearing = watchHearing(deps);
  const leap = watchClock(async () => readClock(deps.database));
  let sweeping: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  const timer = setInterval(() => {
    hearing.tick();
    // It has left the queue groups: nobody could renew a lease here. The keyring would refuse what it says.
    if (deps.fitness.clockFault() !== undefined) return hearing.lost();
    sweeping ??= sweep(deps, hearing, leap).finally(() => (sweeping = undefined));
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
interface Hearing {
  readonly isGood: () => boolean;
  readonly tick: () => void;
  readonly lost: () => void;
}

function watchHearing({ link }: Pick<Needed, "link">): Hearing {
  let deafUntil = performance.now() + limits.sweepGraceMs;
  let tickedAt = performance.now();
  let isConnected = true;
  const lost = (): void => {
    deafUntil = performance.now() + limits.sweepGraceMs;
  };
  const watch = async (): Promise<void> => {
    for await (const { type } of link.connection.status()) {
      if (type !== Events.Disconnect && type !== Events.Reconnect) continue;
      isConnected = type === Events.Reconnect;
      lost();
    }
  };
  void watch();
  return {
    lost,
    tick: () => {
      // A process that slept heard nobody either.
      const now = performance.now();
      if (now - tickedAt > 3 * sweepMs) lost();
      tickedAt = now;
    },
    isGood: () => isConnected && performance.now() >= deafUntil,
  };
}

async function sweep(deps: Needed, hearing: Hearing, leap: () => Promise<number>): Promise<void> {
  const { database, log } = deps;
  try {
    const silent = await listLost(database);
    // Looked at after the list was made, so that nothing is in it because of a leap that is not seen yet.
    const leptMs = await leap();
    if (leptMs > leapMs) {
      hearing.lost();
      log.warn(
        { leptMs: Math.round(leptMs) },
        "PostgreSQL's clock leapt forward; executors get time to renew their leases",
      );
    }
    if (hearing.isGood()) {
      for (const id of silent) await passingBy(deps, id, async () => loseSilent(deps, id));
    }
    for (const of of await listGaps(database)) await passingBy(deps, of.executionId, async () => showGap(deps, of));
  } catch (error) {
    hearing.lost();
    log.error({ err: error }, "Ended leases could not be swept; trying again");
  }
}

/** What fails for one execution alone must not keep the others from their end. PostgreSQL being away is thrown. */
async function passingBy(
  { log }: Pick<Needed, "log">,
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

async function loseSilent({ database, log }: Pick<Needed, "database" | "log">, id: ExecutionId): Promise<void> {
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

async function showGap({ database }: Pick<Needed, "database">, of: AttemptId): Promise<void> {
  await database.transaction(async (sql) => {
    const { attempt } = await lockExecution(sql, of.executionId);
    await applyWaiting(sql, of, { overGaps: true, isEarlier: of.attempt < attempt });
  });
}
