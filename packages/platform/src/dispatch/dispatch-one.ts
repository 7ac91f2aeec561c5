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

/** Events that wait in NATS for each slot that is free: the next one is there when a slot is. */
const eventsPerFreeSlot = 2;

/**
 * Publishes the event of one execution of the pool, if the pool has room and an execution is ready; false when there is
 * nothing to do for now. The pool's lock is held meanwhile, so that the window holds with any number of platforms.
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
    // Somebody took the last place since the choice: the next choice knows it.
    if (ready.isLimited && !(await lockWithinLimits(sql, ready))) return false;
    await publishNext(deps, sql, ready);
    return true;
  });
  if (isPublished === true) crashPoint("platform.dispatch.after-commit");
  return isPublished !== undefined;
}

/** As `lockReady`; a row that cannot be read would be the pool's next one for ever, so that it has failed. */
async function lockReadable(
  deps: Pick<Deps, "log">,
  sql: Sql,
  id: ExecutionId,
): Promise<ReadyExecution | "unreadable" | undefined> {
  try {
    return await lockReady(sql, id);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    deps.log.error({ err: error, executionId: id }, "An execution cannot be read");
    await endUnpublishable(sql, id, toSealrunError(error));
    return "unreadable";
  }
}
