import { type NatsLink, onReconnect } from "@sealrun/nats";
import { createRounds, type Sql } from "@sealrun/postgres";
import type { KeyringLog } from "../audit/log.ts";
import type { LoginRevoker } from "./nats-access.ts";
import { listLatelyRevoked } from "./store.ts";

const retryMs = 2_000;
/** Only to leave out executors whose last login has expired by itself. */
const roundMs = 3_600_000;
/** Longer than any login lives. What was made up to this long after its executor was revoked is void too. */
const loginsMs = 25 * 3_600_000;

/**
 * Keeps the list of revoked executors in the NATS server equal to the keyring's, so that the server ends their connections
 * and refuses their logins. The whole list is sent at the start, at `ring`, and after each reconnect to NATS, whose server
 * may have lost it; a list that is not taken is sent again every two seconds. Without a revoker nothing is sent, and a
 * revoked executor's login lasts until it expires.
 */
export function revokeLogins(deps: {
  readonly database: Sql;
  readonly link: NatsLink;
  readonly revoker: LoginRevoker | undefined;
  readonly log: KeyringLog;
}): { readonly ring: () => void; readonly close: () => Promise<void> } {
  const { link, revoker, log } = deps;
  if (revoker === undefined) return { ring: () => undefined, close: async () => undefined };
  let isFailing = false;
  /** What was signed last, and for whom: a server that has a text already takes no notice of it. */
  let signed: { readonly executors: string; readonly accountJwt: string } | undefined;
  let isSent = false;
  const send = async (): Promise<void> => {
    const revoked = await listLatelyRevoked(deps.database, loginsMs);
    const executors = revoked.map(({ id }) => id).join(" ");
    if (signed?.executors !== executors) {
      const madeUntil = (at: Date): Date => new Date(at.getTime() + loginsMs);
      const users = revoked.map(({ id, revokedAt }) => ({ name: id, madeUntil: madeUntil(revokedAt) }));
      signed = { executors, accountJwt: await revoker.sign(users) };
      isSent = false;
    }
    if (isSent) return;
    // A reconnect meanwhile makes it due again.
    isSent = true;
    await revoker.push(signed.accountJwt);
    log.info({ executors: revoked.length }, "The NATS server has the list of revoked executors");
  };
  const rounds = createRounds(async () => {
    try {
      await send();
      isFailing = false;
      return roundMs;
    } catch (error) {
      isSent = false;
      const sentence = "The NATS server did not take the list of revoked executors; trying again";
      if (!isFailing) log.error({ err: error, kind: "revoke-logins" }, sentence);
      isFailing = true;
      return retryMs;
    }
  });
  onReconnect(link, () => {
    isSent = false;
    rounds.ring();
  });
  return rounds;
}
