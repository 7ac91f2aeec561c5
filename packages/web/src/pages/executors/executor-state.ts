import type { ExecutorList } from "@sealrun/protocol";

export type Executor = ExecutorList["executors"][number];

/** How an executor is: what counts most first. */
export type ExecutorState = "live" | "unfit" | "draining" | "absent" | "revoked";

/** The state of an executor. */
export function stateOf({ isLive, isDraining, trouble, revokedAt }: Executor): ExecutorState {
  if (revokedAt !== null) return "revoked";
  if (!isLive) return "absent";
  if (isDraining) return "draining";
  return trouble === null ? "live" : "unfit";
}

const order: readonly ExecutorState[] = ["live", "unfit", "draining", "absent", "revoked"];

/** Those of one pool, those that work first, then by when they were heard of. */
export function sortExecutors(executors: readonly Executor[], pool: string): readonly Executor[] {
  return executors
    .filter((executor) => executor.pool === pool)
    .toSorted(
      (one, other) =>
        order.indexOf(stateOf(one)) - order.indexOf(stateOf(other)) ||
        (other.lastSeenAt ?? "").localeCompare(one.lastSeenAt ?? ""),
    );
}
