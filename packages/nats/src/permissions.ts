import { executionsStream, type ExecutorId, inboxPrefix, poolConsumer, type PoolId, subjects } from "@sealrun/protocol";

/**
 * What a process may publish and subscribe to on NATS: only allow-lists, since deny rules of the server have had
 * security holes.
 */
export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * The platform makes the streams and answers all requests; reply subjects of another account start with `_R_.` here.
 */
export const platformPermissions: NatsPermissions = {
  publish: ["sealrun.>", "$JS.>", "_INBOX.>", "_R_.>"],
  subscribe: ["sealrun.>", "$JS.>", "_INBOX.>"],
};

/** The keyring answers requests of the platform and sends none. It tells of revocations on a subject below an inbox. */
export const keyringPermissions: NatsPermissions = {
  publish: ["_INBOX.>"],
  subscribe: ["sealrun.keyring.>", `${inboxPrefix("keyring")}.>`],
};

/** The subject on which nats-server takes a new JWT of an account, from logins of the system account. */
export function accountUpdateSubject(accountId: string): string {
  return `$SYS.REQ.ACCOUNT.${accountId}.CLAIMS.UPDATE`;
}

/** The keyring's login of the system account: it may replace the JWT of the executors' account and nothing else. */
export function revokerPermissions(executorAccountId: string): NatsPermissions {
  return {
    publish: [accountUpdateSubject(executorAccountId)],
    subscribe: [`${inboxPrefix("keyring")}.>`],
  };
}

/**
 * What one executor of one pool needs in the executors' account: with a stolen login an attacker can take work of that
 * pool, but read and send nothing else. The server delivers answers regardless of these lists, but only to subjects of that
 * account.
 */
export function executorPermissions(executor: ExecutorId, pool: PoolId): NatsPermissions {
  const consumer = `${executionsStream}.${poolConsumer(pool)}`;
  return {
    publish: [
      `$JS.API.CONSUMER.MSG.NEXT.${consumer}`,
      `$JS.ACK.${consumer}.>`,
      subjects.reports(executor),
      `sealrun.rpc.${executor}.*`,
    ],
    subscribe: [`${inboxPrefix(executor)}.>`, subjects.control(executor)],
  };
}
