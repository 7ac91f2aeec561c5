import { fromBase64, toBase64 } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import { enrolReply } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { ringOutbox } from "../postgres/channels.ts";
import { keyringCall } from "../nats/keyring-call.ts";
import { ensurePoolConsumer } from "../nats/streams.ts";
import { saveExecutor } from "./store.ts";

/**
 * Passes an executor's frame to the keyring, which decides. When the keyring accepts, the executor and its pool are
 * stored and the pool's queue is created before the executor gets the answer, which is the keyring's unchanged frame.
 */
export async function enrolExecutor(
  deps: Pick<Deps, "database" | "link" | "identity" | "keyring">,
  frame: string,
  requestId: string,
): Promise<string> {
  const { value, frame: answer } = await call({ ...keyringCall(deps, "enrol"), body: { frame }, reply: enrolReply });
  await ensurePoolConsumer(deps.link, value.pool.id);
  await deps.database.transaction(async (sql) => {
    await saveExecutor(sql, { id: value.executorId, signPublic: fromBase64(value.signPublic), pool: value.pool });
    await recordAudit(sql, {
      requester: { name: `executor ${value.executorId}`, requestId },
      action: "executor.enrol",
      object: value.executorId,
      detail: { pool: value.pool.name },
    });
    // Executions may have waited for this pool's first executor.
    await ringOutbox(sql);
  });
  return toBase64(answer);
}
