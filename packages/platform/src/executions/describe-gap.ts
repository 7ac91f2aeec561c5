import type { ExecutionStatus } from "@sealrun/protocol";

/** What is known of the reports of an execution's newest attempt. */
export interface ReportsState {
  readonly status: ExecutionStatus;
  readonly isComplete: boolean;
  /** True while what is missing is still waited for. */
  readonly isAwaited: boolean;
  /** Report chunks that are not stored, of so many. */
  readonly missing: number;
  readonly last: number;
}

/** What is missing of an ended execution's output and receipt, for people; undefined when nothing is, or it may still come. */
export function describeGap({ status, isComplete, isAwaited, missing, last }: ReportsState): string | undefined {
  if (isComplete || isAwaited) return undefined;
  if (status === "lost") {
    return "The executor was lost: output and reads that it had not reported by then may be missing; what it kept is added when it is back";
  }
  return `${missing} of ${last} report chunks have not arrived: lines of the output and reads on the receipt may be missing; what arrives later is added`;
}
