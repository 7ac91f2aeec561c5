import {
  executorList,
  type ExecutorList,
  type HoldState,
  holdState,
  platformHealth,
  type PlatformHealth,
  type PoolInfo,
  poolList,
  type ResumeAnswer,
  resumeAnswer,
  whoamiAnswer,
} from "@sealrun/protocol";
import type { Ask } from "../connection/request.ts";

/** The platform's health, executors, pools and hold. */
export interface Operation {
  /** Checked now: every part has five seconds, and a part that does not answer is a finding, not an error. */
  health(): Promise<PlatformHealth>;
  /** The newest first, revoked ones too. */
  listExecutors(): Promise<ExecutorList["executors"]>;
  /** Pools that have an executor or something queued. */
  pools(): Promise<readonly PoolInfo[]>;
  /** Whether the platform is held, since when and by whom. */
  getHold(): Promise<HoldState>;
  /** Keeps every platform from starting new executions; running ones continue. */
  holdPlatform(): Promise<HoldState>;
  /** The requester that the token or the session stands for. */
  whoami(): Promise<string>;
  /** Ends the hold. */
  resumePlatform(): Promise<ResumeAnswer>;
}

/** The calls about the platform itself. */
export function createOperation(ask: Ask): Operation {
  return {
    health: async () => ask(platformHealth, { method: "GET", path: "/platform/health" }),
    listExecutors: async () => (await ask(executorList, { method: "GET", path: "/executors" })).executors,
    getHold: async () => ask(holdState, { method: "GET", path: "/platform/hold" }),
    holdPlatform: async () => ask(holdState, { method: "POST", path: "/platform/hold" }),
    resumePlatform: async () => ask(resumeAnswer, { method: "POST", path: "/platform/resume" }),
    whoami: async () => (await ask(whoamiAnswer, { method: "GET", path: "/whoami" })).author,
    pools: async () => (await ask(poolList, { method: "GET", path: "/pools" })).pools,
  };
}
