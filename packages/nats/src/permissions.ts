import { executionsStream, type ExecutorId, inboxPrefix, poolConsumer, type PoolId, subjects } from "@sealrun/protocol";

/** What a part may send and hear on NATS: allow-lists alone, since deny rules have had holes in the server. */
export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The platform makes the streams and answers everybody. */
export const platformPermissions: NatsPermissions = {
  publish: ["sealrun.>", "$JS.>", "_INBOX.>"],
  subscribe: ["sealrun.>", "$JS.>", "_INBOX.>"],
};

/** The keyring answers what the platform asks, and asks nothing. */
export const keyringPermissions: NatsPermissions = {
  publish: ["_INBOX.>"],
  subscribe: ["sealrun.keyring.>", `${inboxPrefix("keyring")}.>`],
};

/**
 * What one executor of one pool needs: a stolen login takes work of that pool, and reads and says nothing else. The
 * server's own answers go wherever a request wants them: see "What these lists do not stop" in the guide to NATS.
 */
export function executorPermissions(executor: ExecutorId, pool: PoolId): NatsPermissions {
  const consumer = `${executionsStream}.${poolConsumer(pool)}`;
  return {
    publish: [
      `$JS.API.CONSUMER.MSG.NEXT.${consumer}`,
      `$JS.API.CONSUMER.INFO.${consumer}`,
      `$JS.ACK.${consumer}.>`,
      subjects.reports(executor),
      `sealrun.rpc.${executor}.*`,
    ],
    subscribe: [`${inboxPrefix(executor)}.>`, subjects.control(executor)],
  };
}
