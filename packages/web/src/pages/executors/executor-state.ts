import type { ExecutorList } from "@sealrun/protocol";

export type Executor = ExecutorList["executors"][number];

/** The state of an executor. */
export type ExecutorState = "live" | "unfit" | "draining" | "absent" | "revoked";

/** The state of an executor; if several apply, the one that matters most. */
export function stateOf({ isLive, isDraining, trouble, revokedAt }: Executor): ExecutorState {
  if (revokedAt !== null) return "revoked";
  if (!isLive) return "absent";
  if (isDraining) return "draining";
  return trouble === null ? "live" : "unfit";
}

const order: readonly ExecutorState[] = ["live", "unfit", "draining", "absent", "revoked"];

/** The executors of one pool: live ones first, then by their last heartbeat. */
export function sortExecutors(executors: readonly Executor[], pool: string): readonly Executor[] {
  return executors
    .filter((executor) => executor.pool === pool)
    .toSorted(
      (one, other) =>
        order.indexOf(stateOf(one)) - order.indexOf(stateOf(other)) ||
        (other.lastSeenAt ?? "").localeCompare(one.lastSeenAt ?? ""),
    );
}
