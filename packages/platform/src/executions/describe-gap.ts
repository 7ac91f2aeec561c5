import type { ExecutionStatus } from "@sealrun/protocol";

/** The state of the reports of an execution's newest attempt. */
export interface ReportsState {
  readonly status: ExecutionStatus;
  readonly isComplete: boolean;
  /** True while missing chunks are still awaited. */
  readonly isAwaited: boolean;
  /** How many report chunks are not stored. */
  readonly missing: number;
  /** How many report chunks the attempt sent. */
  readonly last: number;
}

/**
 * What is missing from an ended execution's output and receipt, for people; undefined when nothing is, or it may still
 * come.
 */
export function describeGap({ status, isComplete, isAwaited, missing, last }: ReportsState): string | undefined {
  if (isComplete || isAwaited) return undefined;
  if (status === "lost") {
    return "The executor was lost: output and reads that it had not reported may be missing; they are added if the executor comes back";
  }
  return `${missing} of ${last} report chunks have not arrived: lines of the output and reads on the receipt may be missing; later chunks are added`;
}
