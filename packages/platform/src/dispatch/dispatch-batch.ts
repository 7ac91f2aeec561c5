import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { removeFromOutbox } from "../outbox/store.ts";
import {
  chooseBehindLimits,
  lockPool,
  lockReady,
  lockWithinLimits,
  maxBatch,
  type ReadyExecution,
  readChoice,
} from "./choice-store.ts";
import { endUnpublishable, publishBatch, type PublishDeps, type Published } from "./publish-events.ts";

/** Events that wait in NATS per free slot, so that the next event is ready when a slot becomes free. */
const eventsPerFreeSlot = 2;

/**
 * What is left after one batch of a pool. More: executions that the next batch can take. Blocked: executions may wait,
 * for capacity, for a limit, or for another platform that has locked the pool. Empty: no execution waits.
 */
export type Outcome = "more" | "blocked" | "empty";

/**
 * Publishes the events of the pool's next executions, as many as it has capacity for and at most `maxBatch`, in one
 * transaction. It holds the pool's lock, so that the limit on waiting events is exact with any number of platforms.
 * When NATS refuses some of them, the others are stored and the error is thrown.
 */
export async function dispatchBatch(deps: PublishDeps & Pick<Deps, "database">, pool: string): Promise<Outcome> {
  const { outcome, isAnyPublished, failure } = await deps.database.transaction(async (sql): Promise<Result> => {
    // Sent together: the choice is read after the lock, and without the lock it does not count.
    const [isOurs, choice] = await Promise.all([lockPool(sql, pool), readChoice(sql, pool)]);
    if (!isOurs) return left("blocked");
    const { free, published, full, first } = choice;
    const room = eventsPerFreeSlot * free - published;
    if (first.length === 0) return left("empty");
    if (room <= 0) return left("blocked");
    const waiting = full.length === 0 ? first : await chooseBehindLimits(sql, pool, full);
    const ids = waiting.slice(0, room);
    if (ids.length === 0) return left("blocked");
    const { ready, isCut } = await lockPublishable(deps, sql, ids);
    const result = ready.length === 0 ? nothingPublished : await publishBatch(deps, sql, ready);
    if (isCut) return { ...result, outcome: "more" };
    const mayBeMore = waiting.length === maxBatch;
    if (mayBeMore && room > ids.length) return { ...result, outcome: "more" };
    const isAllTaken = waiting.length === ids.length && !mayBeMore && full.length === 0;
    return { ...result, outcome: isAllTaken ? "empty" : "blocked" };
  });
  if (isAnyPublished) crashPoint("platform.dispatch.after-commit");
  if (failure !== undefined) throw failure;
  return outcome;
}

interface Result extends Published {
  readonly outcome: Outcome;
}

const nothingPublished: Published = { isAnyPublished: false, failure: undefined };

function left(outcome: Outcome): Result {
  return { ...nothingPublished, outcome };
}

/**
 * Locks these executions and returns those whose events may be published now, in the given order. Cut: some were left
 * for the next batch.
 */
async function lockPublishable(
  deps: Pick<Deps, "log">,
  sql: Sql,
  ids: readonly ExecutionId[],
): Promise<{ readonly ready: readonly ReadyExecution[]; readonly isCut: boolean }> {
  const locked = await lockReady(sql, ids);
  const ready: ReadyExecution[] = [];
  let limitedProject: string | undefined;
  let isCut = false;
  for (const id of ids) {
    const row = locked.get(id);
    // It has left the outbox.
    if (row === undefined) isCut = true;
    else if (row instanceof Error) {
      // It would be chosen again and again and block the pool, so its execution fails.
      deps.log.error({ err: row, executionId: id }, "An execution's row cannot be read; the execution has failed");
      await endUnpublishable(sql, id, toSealrunError(row));
      isCut = true;
    } else if (row.status !== "queued") {
      await removeFromOutbox(sql, row.id);
      isCut = true;
    } else if (!row.isLimited) ready.push(row);
    else {
      // Two dispatchers that each held a project's lock and waited for the other's would never end.
      if (limitedProject !== undefined && limitedProject !== row.project.id) return { ready, isCut: true };
      limitedProject = row.project.id;
      // Another dispatcher used the last place after the choice; the next choice sees that.
      if (await lockWithinLimits(sql, row, ready)) ready.push(row);
      else isCut = true;
    }
  }
  return { ready, isCut };
}
