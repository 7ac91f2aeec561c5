import type { Deps } from "../deps.ts";
import { ensureQueues } from "../nats/ensure-queues.ts";
import { startDispatcher } from "./dispatch/dispatcher.ts";
import { consumeReports } from "./reports/consume-reports.ts";
import { answerRpc } from "./rpc/answer-rpc.ts";
import { startSweeper } from "./sweep.ts";

/**
 * Starts what a platform does for executions besides HTTP: publish events, answer executors, store reports, end lost
 * attempts. The returned function stops it, the newest part first, and waits for what is under way.
 */
export async function startWork(deps: Deps): Promise<() => Promise<void>> {
  await ensureQueues(deps);
  const stops = [answerRpc(deps), consumeReports(deps), startSweeper(deps)];
  try {
    stops.push(await startDispatcher(deps));
  } catch (error) {
    for (const stop of stops.toReversed()) await stop();
    throw error;
  }
  return async () => {
    for (const stop of stops.toReversed()) await stop();
  };
}
