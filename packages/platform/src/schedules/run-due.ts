import type { Deps } from "../deps.ts";
import { noteCheck } from "./checked-store.ts";
import { waitForNext } from "./due-store.ts";
import { runBatch } from "./run-batch.ts";
import { schedulesChannel } from "../postgres/channels.ts";

type SchedulerDeps = Pick<Deps, "database" | "fitness" | "log">;

/** A notification may be missed, and another platform may have locked a row. */
const pollMs = 1_000;

/**
 * Starts an execution for every due time until closed: at the due time, and every second in case another platform had
 * locked the row. Any number of platforms may do this at once: each due time starts one execution.
 */
export async function startScheduler(deps: SchedulerDeps): Promise<() => Promise<void>> {
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let rings = 0;
  let working: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    clearTimeout(timer);
    let waitMs = pollMs;
    for (let heard = -1; heard !== rings && !closing.signal.aborted;) {
      heard = rings;
      try {
        waitMs = Math.min(await runDue(deps, closing.signal), pollMs);
      } catch (error) {
        waitMs = pollMs;
        deps.log.warn({ err: error }, "Due times could not be checked; retrying");
      }
    }
    working = undefined;
    // Due but not run: another platform has locked it. Asking again at once would only disturb it.
    if (!closing.signal.aborted) timer = setTimeout(ring, waitMs > 0 ? Math.ceil(waitMs) : 100);
  };
  const ring = (): void => {
    rings += 1;
    working ??= work();
  };

  const stopListening = await deps.database.listen(schedulesChannel, ring);
  ring();
  return async () => {
    closing.abort();
    clearTimeout(timer);
    await stopListening();
    await working;
  };
}

/**
 * Runs all due times and returns the ms until the next one; 0 when another platform has locked one. While this
 * machine's clock is wrong, it runs nothing.
 */
async function runDue(deps: SchedulerDeps, signal: AbortSignal): Promise<number> {
  for (;;) {
    // Due times use PostgreSQL's clock, and that may be the wrong one.
    if (deps.fitness.clockFault() !== undefined) return pollMs;
    const waitMs = (await waitForNext(deps.database)) ?? Infinity;
    if (waitMs > 0 || signal.aborted) return waitMs;
    await noteCheck(deps.database);
    if ((await runBatch(deps)) === 0) return 0;
  }
}
