import { decode, presenceRequest } from "@sealrun/protocol";
import { notePresence } from "../executors/store.ts";
import { ringOutbox } from "../postgres/channels.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";

/** Stores an executor's heartbeat and notifies the dispatchers, because there may be capacity now. */
export async function answerPresence({ database }: RpcDeps, request: ExecutorRequest): Promise<{ readonly ok: true }> {
  const said = decode(presenceRequest, request.body);
  await database.transaction(async (sql) => {
    await notePresence(sql, request.executorId, said);
    await ringOutbox(sql);
  });
  return { ok: true };
}
