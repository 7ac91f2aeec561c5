import type { PoolInfo } from "@sealrun/protocol";
import type { Executor } from "./executor-state.ts";
import { showCount } from "../../parts/text/show-count.ts";

/** A pool as one sentence: whether its queued executions can run. */
export function describeLoad({ executors, slots, running, queued }: PoolInfo): {
  readonly isGood: boolean;
  readonly sentence: string;
} {
  if (executors === 0) {
    return queued === 0
      ? { isGood: true, sentence: "No executor, and nothing waits" }
      : { isGood: false, sentence: `${showCount(queued)} wait${queued === 1 ? "s" : ""} for an executor: start one` };
  }
  if (queued === 0) return { isGood: true, sentence: "Nothing waits" };
  const wait = `${showCount(queued)} wait${queued === 1 ? "s" : ""}`;
  if (slots === 0) return { isGood: false, sentence: `${wait}, and no executor takes new executions` };
  return { isGood: true, sentence: running >= slots ? `${wait} for a free slot` : wait };
}

/** Every pool, also pools without an executor or a queued execution. */
export function allPools(pools: readonly PoolInfo[], executors: readonly Executor[]): readonly PoolInfo[] {
  const known = new Set(pools.map(({ name }) => name));
  const gone = [...new Set(executors.map(({ pool }) => pool))].filter((name) => !known.has(name));
  const idle = gone.map((name) => ({ name, executors: 0, slots: 0, running: 0, queued: 0, oldestQueuedAt: null }));
  return [...pools, ...idle];
}
