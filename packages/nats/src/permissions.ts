import { executionsStream, type ExecutorId, inboxPrefix, poolConsumer, type PoolId, subjects } from "@sealrun/protocol";

/** What a part may send and hear on NATS: allow-lists alone, since deny rules have had holes in the server. */
export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The platform makes the streams and answers everybody: who asks from another account is called `_R_.` here. */
export const platformPermissions: NatsPermissions = {
  publish: ["sealrun.>", "$JS.>", "_INBOX.>", "_R_.>"],
  subscribe: ["sealrun.>", "$JS.>", "_INBOX.>"],
};

/** The keyring answers what the platform asks, and asks nothing. */
export const keyringPermissions: NatsPermissions = {
  publish: ["_INBOX.>"],
  subscribe: ["sealrun.keyring.>", `${inboxPrefix("keyring")}.>`],
};

/**
 * What one executor of one pool needs in the executors' account: a stolen login takes work of that pool, and reads and
 * says nothing else. The server delivers answers past these lists, but to subjects of that account alone.
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
