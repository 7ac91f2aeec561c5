import { call } from "@sealrun/nats";
import { type RevocationsRequest, revocationsReply, subjects } from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { findLastRevocation, markRevoked } from "./store.ts";

const everyMs = 2_000;

type RevocationDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "log">;

/**
 * Asks the keyring every two seconds which executors were revoked, and refuses those from then on. Only the keyring
 * decides, and it refuses them already; if it does not answer, it is asked again. The returned function stops this.
 */
export function followRevocations(deps: RevocationDeps): () => Promise<void> {
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    try {
      await learnRevocations(deps);
      isFailing = false;
    } catch (error) {
      if (!isFailing) deps.log.warn({ err: error }, "The keyring did not list revoked executors; trying again");
      isFailing = true;
    }
    if (!isStopped) timer = setTimeout(next, everyMs);
  };
  let running = round();
  const next = (): void => {
    running = round();
  };
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}

/** Stores what the keyring has revoked since the last time. */
async function learnRevocations(deps: RevocationDeps): Promise<void> {
  const last = await findLastRevocation(deps.database);
  const body: RevocationsRequest = { after: last?.toISOString() ?? null };
  const { value, requestId } = await call({
    link: deps.link,
    identity: deps.identity,
    peer: deps.keyring,
    subject: subjects.keyring("revocations"),
    kind: "revocations",
    body,
    reply: revocationsReply,
    unreachable: "KEYRING_UNREACHABLE",
  });
  for (const { id, revokedAt } of value.executors) {
    await deps.database.transaction(async (sql) => {
      if (!(await markRevoked(sql, id, revokedAt))) return;
      await recordAudit(sql, {
        requester: { name: "keyring", requestId },
        action: "executor.revoke",
        object: id,
        detail: { revokedAt },
      });
      deps.log.info({ executor: id }, "The keyring revoked an executor; it is refused from now on");
    });
  }
}
