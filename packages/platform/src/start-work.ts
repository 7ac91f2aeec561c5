import type { Kept } from "./cache/kept.ts";
import type { Deps } from "./deps.ts";
import { createQueues } from "./dispatch/queues.ts";
import { startDispatcher } from "./dispatch/dispatcher.ts";
import { startReconciler } from "./dispatch/reconciler.ts";
import type { Revocations } from "./executors/follow-revocations.ts";
import { consumeReports } from "./reports/consume-reports.ts";
import { answerRpc } from "./rpc/answer-rpc.ts";
import { startSweeper } from "./sweep/sweep.ts";

/**
 * Starts what a platform does for executions besides HTTP: publish and check events, answer executors, store reports,
 * end lost attempts. The returned function stops these in reverse order and waits for work in progress.
 */
export async function startWork(
  deps: Deps & { readonly kept: Kept; readonly revocations: Revocations },
): Promise<() => Promise<void>> {
  const queues = createQueues(deps);
  await queues.check();
  const stops = [answerRpc(deps), consumeReports({ ...deps, queues }), startSweeper(deps)];
  try {
    stops.push(await startDispatcher({ ...deps, queues }));
    stops.push(startReconciler({ ...deps, queues }));
  } catch (error) {
    for (const stop of stops.toReversed()) await stop();
    throw error;
  }
  return async () => {
    for (const stop of stops.toReversed()) await stop();
  };
}
