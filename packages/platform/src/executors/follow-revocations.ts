import { call, onReconnect } from "@sealrun/nats";
import { createRounds } from "@sealrun/postgres";
import {
  type ExecutorId,
  limits,
  type RevocationsRequest,
  revocationsReply,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Deps } from "../deps.ts";
import { keyringCall } from "../nats/keyring-call.ts";
import { findExecutor, findLastRevocation, markRevoked } from "./store.ts";

const retryMs = 2_000;
/** An executor waits for the answer meanwhile. */
const askMs = 3_000;

type RevocationDeps = Pick<Deps, "database" | "link" | "identity" | "keyring" | "log">;

/** What this platform knows of revocations. */
export interface Revocations {
  /**
   * Throws `KEYRING_UNREACHABLE` unless the keyring has listed revoked executors in the last `limits.revocationsAgeMs`; it
   * is asked again first, and then this executor is looked up again: `NOT_ENROLLED` if it is one of them. Who can hold
   * back the keyring's messages must not be able to keep a revoked executor at work.
   */
  readonly checkKnown: (executor: ExecutorId) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Asks the keyring which executors were revoked, and refuses those from then on: when the keyring says that there is
 * one, after each reconnect to NATS, and every `limits.safetyPollMs`. Only the keyring decides, and it refuses them
 * already; if it does not answer, it is asked again.
 */
export function followRevocations(deps: RevocationDeps): Revocations {
  let isFailing = false;
  let knownAt = -Infinity;
  let asking: Promise<void> | undefined;
  const learn = async (timeoutMs?: number): Promise<void> => {
    // The answer is as old as the question: it can be held back too.
    const askedAt = Date.now();
    await learnRevocations(deps, timeoutMs);
    knownAt = Math.max(knownAt, askedAt);
  };
  const rounds = createRounds(async () => {
    try {
      await learn();
      isFailing = false;
    } catch (error) {
      if (!isFailing) deps.log.warn({ err: error }, "The keyring did not list revoked executors; trying again");
      isFailing = true;
    }
    return isFailing ? retryMs : limits.safetyPollMs;
  });
  const subscription = deps.link.connection.subscribe(subjects.revoked, { callback: rounds.ring });
  onReconnect(deps.link, rounds.ring);
  rounds.ring();
  return {
    checkKnown: async (executor) => {
      if (Date.now() - knownAt <= limits.revocationsAgeMs) return;
      asking ??= learn(askMs).finally(() => (asking = undefined));
      try {
        await asking;
      } catch (error) {
        throw new SealrunError(
          "KEYRING_UNREACHABLE",
          "The keyring has not said for a while which executors are revoked, so nothing is stored for any; try again later",
          { cause: error },
        );
      }
      if ((await findExecutor(deps.database, executor)) === undefined) throw new SealrunError("NOT_ENROLLED", "");
    },
    close: async () => {
      subscription.unsubscribe();
      await rounds.close();
      await asking?.catch(() => undefined);
    },
  };
}

/** Stores what the keyring has revoked since the last time, however many lists that takes. */
async function learnRevocations(deps: RevocationDeps, timeoutMs: number | undefined): Promise<void> {
  while (await learnSome(deps, timeoutMs));
}

/** Stores one list; true when it has told something new, so that the next one may too. */
async function learnSome(deps: RevocationDeps, timeoutMs: number | undefined): Promise<boolean> {
  const last = await findLastRevocation(deps.database);
  // One that a wrong clock has put into the future must not hide those that come.
  const isPast = last !== undefined && last.getTime() <= Date.now();
  const body: RevocationsRequest = { after: isPast ? last.toISOString() : null };
  const { value, requestId } = await call({
    ...keyringCall(deps, "revocations"),
    body,
    reply: revocationsReply,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  let isNews = false;
  for (const { id, revokedAt } of value.executors) {
    await deps.database.transaction(async (sql) => {
      if (!(await markRevoked(sql, id, revokedAt))) return;
      isNews = true;
      await recordAudit(sql, {
        requester: { name: "keyring", requestId },
        action: "executor.revoke",
        object: id,
        detail: { revokedAt },
      });
      deps.log.info({ executor: id }, "The keyring revoked an executor; it is refused from now on");
    });
  }
  return isNews;
}
