import {
  executorList,
  type ExecutorList,
  platformHealth,
  type PlatformHealth,
  type PoolInfo,
  poolList,
} from "@sealrun/protocol";
import type { Ask } from "./request.ts";

/** What a platform runs on, and who runs its executions. */
export interface Operation {
  /** Asked now: every part has five seconds, and one that does not answer is a finding, not a failure. */
  health(): Promise<PlatformHealth>;
  /** The newest first, revoked ones too. */
  listExecutors(): Promise<ExecutorList["executors"]>;
  /** Pools that have an executor or something queued. */
  pools(): Promise<readonly PoolInfo[]>;
}

/** The calls about the platform itself. */
export function createOperation(ask: Ask): Operation {
  return {
    health: async () => ask(platformHealth, { method: "GET", path: "/platform/health" }),
    listExecutors: async () => (await ask(executorList, { method: "GET", path: "/executors" })).executors,
    pools: async () => (await ask(poolList, { method: "GET", path: "/pools" })).pools,
  };
}
