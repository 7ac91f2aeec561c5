import { call } from "@sealrun/nats";
import { createRounds } from "@sealrun/postgres";
import { limits, type RevocationsRequest, revocationsReply, subjects } from "@sealrun/protocol";
import { Events } from "nats";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { keyringCall } from "../nats/keyring-call.ts";
import { findLastRevocation, markRevoked } from "./store.ts";

const retryMs = 2_000;

type RevocationDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "log">;

/**
 * Asks the keyring which executors were revoked, and refuses those from then on: when the keyring says that there is
 * one, after each reconnect to NATS, and every `limits.safetyPollMs`. Only the keyring decides, and it refuses them
 * already; if it does not answer, it is asked again. The returned function stops this.
 */
export function followRevocations(deps: RevocationDeps): () => Promise<void> {
  let isFailing = false;
  const rounds = createRounds(async () => {
    try {
      await learnRevocations(deps);
      isFailing = false;
    } catch (error) {
      if (!isFailing) deps.log.warn({ err: error }, "The keyring did not list revoked executors; trying again");
      isFailing = true;
    }
    return isFailing ? retryMs : limits.safetyPollMs;
  });
  const watch = async (): Promise<void> => {
    for await (const { type } of deps.link.connection.status()) if (type === Events.Reconnect) rounds.ring();
  };
  const subscription = deps.link.connection.subscribe(subjects.revoked, { callback: rounds.ring });
  void watch();
  rounds.ring();
  return async () => {
    subscription.unsubscribe();
    await rounds.close();
  };
}

/** Stores what the keyring has revoked since the last time. */
async function learnRevocations(deps: RevocationDeps): Promise<void> {
  const last = await findLastRevocation(deps.database);
  // One that a wrong clock has put into the future must not hide those that come.
  const isPast = last !== undefined && last.getTime() <= Date.now();
  const body: RevocationsRequest = { after: isPast ? last.toISOString() : null };
  const { value, requestId } = await call({ ...keyringCall(deps, "revocations"), body, reply: revocationsReply });
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
