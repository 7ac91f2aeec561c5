import { decode, type PresenceReply, presenceRequest } from "@sealrun/protocol";
import { notePresence } from "../executors/store.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";

/**
 * Stores an executor's heartbeat, and notifies the dispatchers when there may be more capacity now. The answer says how
 * fast the output of its runs may come.
 */
export async function answerPresence(
  { database, linesPerSecond }: RpcDeps,
  request: ExecutorRequest,
): Promise<PresenceReply> {
  await notePresence(database, request.executorId, decode(presenceRequest, request.body));
  return { ok: true, linesPerSecond };
}
