import type { ExecutorId, PoolId } from "../names.ts";

/** The work queue: one message per execution that waits for an executor. */
export const executionsStream = "EXECUTIONS";
/** The reports of executors: logs, steps and reads, masked. */
export const reportsStream = "REPORTS";

/** The requests that an executor may send to the platform. */
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

/** Whether the platform passes these requests on to the keyring, which believes the executor's own signature only. */
export function isForKeyring(verb: RpcVerb): boolean {
  return verb === "claim" || verb === "lookup" || verb === "state";
}

/** The requests that the platform may send to the keyring. */
export const keyringVerbs = [
  "enrol",
  "credentials",
  "revocations",
  "scope-key",
  "grant",
  "lookup",
  "end",
  "sizes",
] as const;
/** One of `keyringVerbs`. */
export type KeyringVerb = (typeof keyringVerbs)[number];

/**
 * Whether the keyring's answer counts only with its signature: the platform passes it on to executors, or keeps what is in
 * it. A MAC could also come from a thief of the platform's own keys.
 */
export function isSignedAnswer(verb: KeyringVerb): boolean {
  return ["enrol", "credentials", "grant", "lookup", "revocations"].includes(verb);
}

/** Every NATS subject. Use only ids that sealrun made: the client library does not refuse CR LF in a subject. */
export const subjects = {
  executions: (pool: PoolId): string => `sealrun.executions.${pool}`,
  allExecutions: "sealrun.executions.>",
  reports: (executor: ExecutorId): string => `sealrun.reports.${executor}`,
  allReports: "sealrun.reports.>",
  rpc: (executor: ExecutorId, verb: RpcVerb): string => `sealrun.rpc.${executor}.${verb}`,
  everyRpc: (verb: RpcVerb): string => `sealrun.rpc.*.${verb}`,
  keyring: (verb: KeyringVerb): string => `sealrun.keyring.${verb}`,
  control: (executor: ExecutorId): string => `sealrun.control.${executor}`,
  /**
   * An empty message, when the keyring has revoked an executor: platforms ask for the list. Below the platform's inbox,
   * because each login of a keyring may publish there.
   */
  revoked: `${inboxPrefix("platform")}.revoked`,
} as const;

/** The durable pull consumer of a pool on `EXECUTIONS`. */
export function poolConsumer(pool: PoolId): string {
  return `pool-${pool}`;
}

/** Prefix of the inbox on which a part receives its replies. A part may subscribe only below its own prefix. */
export function inboxPrefix(part: "platform" | "keyring" | ExecutorId): string {
  return part === "platform" || part === "keyring" ? `_INBOX.${part}` : `_INBOX.exr.${part}`;
}
