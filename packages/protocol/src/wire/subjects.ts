import type { ExecutorId, PoolId } from "../names.ts";

/** The work queue: one message per execution that waits for an executor. */
export const executionsStream = "EXECUTIONS";
/** What executors report: logs, steps and reads, masked. */
export const reportsStream = "REPORTS";

/** What an executor may ask of the platform. */
export const rpcVerbs = [
  "claim",
  "renew",
  "finish",
  "release",
  "reported",
  "lookup",
  "set",
  "state",
  "fetch",
  "presence",
  "emit",
  "schedule",
] as const;
/** One of `rpcVerbs`. */
export type RpcVerb = (typeof rpcVerbs)[number];

/** What the platform may ask of the keyring. */
export const keyringVerbs = ["enrol", "credentials", "revocations", "scope-key", "grant", "lookup", "end"] as const;
/** One of `keyringVerbs`. */
export type KeyringVerb = (typeof keyringVerbs)[number];

/** Every NATS subject. Only ids that sealrun made enter one: the client library does not stop CR LF in a subject. */
export const subjects = {
  executions: (pool: PoolId): string => `sealrun.executions.${pool}`,
  allExecutions: "sealrun.executions.>",
  reports: (executor: ExecutorId): string => `sealrun.reports.${executor}`,
  allReports: "sealrun.reports.>",
  rpc: (executor: ExecutorId, verb: RpcVerb): string => `sealrun.rpc.${executor}.${verb}`,
  everyRpc: (verb: RpcVerb): string => `sealrun.rpc.*.${verb}`,
  keyring: (verb: KeyringVerb): string => `sealrun.keyring.${verb}`,
  control: (executor: ExecutorId): string => `sealrun.control.${executor}`,
} as const;

/** The durable pull consumer of a pool on `EXECUTIONS`. */
export function poolConsumer(pool: PoolId): string {
  return `pool-${pool}`;
}

/** Prefix of the inbox on which a part hears its replies; each part may subscribe below its own alone. */
export function inboxPrefix(part: "platform" | "keyring" | ExecutorId): string {
  return part === "platform" || part === "keyring" ? `_INBOX.${part}` : `_INBOX.exr.${part}`;
}
