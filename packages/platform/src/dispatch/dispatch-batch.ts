import { crashPoint } from "@sealrun/faults";
import { toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { removeFromOutbox } from "../outbox/store.ts";
import { listServiceSecrets } from "../secrets/lookup-store.ts";
import {
  chooseBehindLimits,
  type ChosenExecution,
  lockPool,
  lockReady,
  lockWithinLimits,
  maxBatch,
  type ReadyExecution,
  readChoice,
} from "./choice-store.ts";
import {
  type BatchDeps,
  endUnpublishable,
  publishBatch,
  type PublishDeps,
  type Published,
  type ReadyBatch,
} from "./publish-events.ts";

/** Events that wait in NATS per free slot, so that the next event is ready when a slot becomes free. */
const eventsPerFreeSlot = 2;

/**
 * What is left after one batch of a pool. More: executions that the next batch can take. Full: executions may wait, and
 * the pool has no room for any. Blocked: executions may wait for a limit, or for another platform that has locked the
 * pool. Empty: no execution waits.
 */
export type Outcome = "more" | "full" | "blocked" | "empty";

/**
 * Publishes the events of the pool's next executions, as many as it has capacity for and at most `maxBatch`, in one
 * transaction. It holds the pool's lock, so that the limit on waiting events is exact with any number of platforms.
 * When NATS refuses some of them, the others are stored and the error is thrown.
 */
export async function dispatchBatch(
  deps: PublishDeps & Pick<Deps, "database" | "metrics">,
  pool: string,
): Promise<Outcome> {
  const endCodes: string[] = [];
  const noteEnd = (code: string): void => void endCodes.push(code);
  const { outcome, isAnyPublished, failure } = await deps.database.transaction(async (sql): Promise<Result> => {
    // Sent together: the choice is read after the lock, and without the lock it does not count.
    const [isOurs, choice] = await Promise.all([lockPool(sql, pool), readChoice(sql, pool)]);
    if (!isOurs) return left("blocked");
    const { free, published, full, first } = choice;
    const room = eventsPerFreeSlot * free - published;
    if (first.length === 0) return left("empty");
    if (room <= 0) return left("full");
    const waiting = full.length === 0 ? first : await chooseBehindLimits(sql, pool, full);
    const chosen = waiting.slice(0, room);
    if (chosen.length === 0) return left("blocked");
    const { isCut, ...batch } = await lockPublishable(deps, { sql, noteEnd }, chosen);
    const result = batch.ready.length === 0 ? nothingPublished : await publishBatch(deps, { sql, noteEnd }, batch);
    if (isCut) return { ...result, outcome: "more" };
    const mayBeMore = waiting.length === maxBatch;
    if (mayBeMore && room > chosen.length) return { ...result, outcome: "more" };
    const isAllTaken = waiting.length === chosen.length && !mayBeMore && full.length === 0;
    if (isAllTaken) return { ...result, outcome: "empty" };
    // What NATS did not take leaves room.
    return { ...result, outcome: room === chosen.length && result.failure === undefined ? "full" : "blocked" };
  });
  for (const code of endCodes) deps.metrics?.ended({ status: "failed", code });
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
 * Locks these executions and returns those whose events may be published now, in the given order, with the secrets of
 * their packages. Cut: some were left for the next batch.
 */
async function lockPublishable(
  deps: Pick<Deps, "log">,
  { sql, noteEnd }: BatchDeps,
  chosen: readonly ChosenExecution[],
): Promise<ReadyBatch & { readonly isCut: boolean }> {
  // Sent together: the secrets are read after the lock.
  const [locked, secretsOf] = await Promise.all([
    lockReady(
      sql,
      chosen.map(({ id }) => id),
    ),
    listServiceSecrets(sql, [...new Set(chosen.map(({ packageId }) => packageId))]),
  ]);
  const ready: ReadyExecution[] = [];
  let limitedProject: string | undefined;
  let isCut = false;
  for (const { id } of chosen) {
    const row = locked.get(id);
    // It has left the outbox.
    if (row === undefined) isCut = true;
    else if (row instanceof Error) {
      // It would be chosen again and again and block the pool, so its execution fails.
      deps.log.error({ err: row, executionId: id }, "An execution's row cannot be read; the execution has failed");
      await endUnpublishable({ sql, noteEnd }, id, toSealrunError(row));
      isCut = true;
    } else if (row.status !== "queued") {
      await removeFromOutbox(sql, row.id);
      isCut = true;
    } else if (!row.isLimited) ready.push(row);
    else {
      // Two dispatchers that each held a project's lock and waited for the other's would never end.
      if (limitedProject !== undefined && limitedProject !== row.project.id) return { ready, secretsOf, isCut: true };
      limitedProject = row.project.id;
      // Another dispatcher used the last place after the choice; the next choice sees that.
      if (await lockWithinLimits(sql, row, ready)) ready.push(row);
      else isCut = true;
    }
  }
  return { ready, secretsOf, isCut };
}
