import { crashPoint } from "@sealrun/faults";
import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, toSealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import {
  chooseNext,
  lockPool,
  lockReady,
  lockWithinLimits,
  type ReadyExecution,
  readCapacity,
} from "./choice-store.ts";
import { removeFromOutbox } from "../outbox/store.ts";
import { endUnpublishable, publishNext } from "./publish-event.ts";

/** Events that wait in NATS per free slot, so that the next event is ready when a slot becomes free. */
const eventsPerFreeSlot = 2;

/**
 * Publishes the event of one execution of the pool, if the pool has capacity and an execution is ready; false when
 * there is nothing to do now. It holds the pool's lock, so that the limit on waiting events is exact with any number of
 * platforms.
 */
export async function dispatchOne(
  deps: Pick<Deps, "platformId" | "database" | "link" | "identity" | "storageKey" | "log">,
  pool: string,
): Promise<boolean> {
  const isPublished = await deps.database.transaction(async (sql) => {
    if (!(await lockPool(sql, pool))) return undefined;
    const capacity = await readCapacity(sql, pool);
    if (capacity.published >= eventsPerFreeSlot * capacity.free) return undefined;
    const id = await chooseNext(sql, pool, capacity);
    const ready = id === undefined ? undefined : await lockReadable(deps, sql, id);
    if (ready === undefined) return undefined;
    if (ready === "unreadable") return false;
    if (ready.status !== "queued") {
      await removeFromOutbox(sql, ready.id);
      return false;
    }
    // Another dispatcher used the last place after the choice; the next choice sees that.
    if (ready.isLimited && !(await lockWithinLimits(sql, ready))) return false;
    await publishNext(deps, sql, ready);
    return true;
  });
  if (isPublished === true) crashPoint("platform.dispatch.after-commit");
  return isPublished !== undefined;
}

/** As `lockReady`. An unreadable row would be chosen again and again and block the pool, so its execution fails. */
async function lockReadable(
  deps: Pick<Deps, "log">,
  sql: Sql,
  id: ExecutionId,
): Promise<ReadyExecution | "unreadable" | undefined> {
  try {
    return await lockReady(sql, id);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    deps.log.error({ err: error, executionId: id }, "An execution's row cannot be read; the execution has failed");
    await endUnpublishable(sql, id, toSealrunError(error));
    return "unreadable";
  }
}
