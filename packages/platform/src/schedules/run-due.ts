import { createRounds } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { noteCheck } from "./checked-store.ts";
import { waitForNext } from "./due-store.ts";
import { runBatch } from "./run-batch.ts";
import { schedulesChannel } from "../postgres/channels.ts";

type SchedulerDeps = Pick<Deps, "database" | "fitness" | "log" | "tracer">;

/** After a failure, and while the clock is wrong. */
const retryMs = 1_000;
/** Due but not run: another platform has locked it. Asking again at once would only disturb it. */
const lockedMs = 100;

/**
 * Starts an execution for every due time until closed: at the due time, and every `limits.safetyPollMs` in case a
 * notification was missed. Any number of platforms may do this at once: each due time starts one execution.
 */
export async function startScheduler(deps: SchedulerDeps): Promise<() => Promise<void>> {
  const rounds = createRounds(async (signal) => {
    try {
      const waitMs = Math.min(await runDue(deps, signal), limits.safetyPollMs);
      return waitMs > 0 ? waitMs : lockedMs;
    } catch (error) {
      deps.log.warn({ err: error }, "Due times could not be checked; retrying");
      return retryMs;
    }
  });
  const stopListening = await deps.database.listen(schedulesChannel, rounds.ring);
  rounds.ring();
  return async () => {
    await Promise.all([rounds.close(), stopListening()]);
  };
}

/**
 * Runs all due times and returns the ms until the next one; 0 when another platform has locked one. While this
 * machine's clock is wrong, it runs nothing.
 */
async function runDue(deps: SchedulerDeps, signal: AbortSignal): Promise<number> {
  for (;;) {
    // Due times use PostgreSQL's clock, and that may be the wrong one.
    if (deps.fitness.clockFault() !== undefined) return retryMs;
    const waitMs = (await waitForNext(deps.database)) ?? Infinity;
    if (waitMs > 0 || signal.aborted) return waitMs;
    await noteCheck(deps.database);
    if ((await runBatch(deps)) === 0) return 0;
  }
}
