import type { StepInfo } from "@sealrun/protocol";

/** When the first and the newest line of a step were written, in milliseconds since 1970. */
export interface LineTimes {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * The steps of an execution that runs, as its log shows them: a line of a step arrives before the platform stores that
 * the step has started. Lines before `sinceMs` are of an earlier attempt.
 */
export function showStarted(
  steps: readonly StepInfo[],
  linesOf: (step: string) => LineTimes | undefined,
  sinceMs: number,
): readonly StepInfo[] {
  return steps.map((step) => {
    if (step.status !== "pending") return step;
    const lines = linesOf(step.name);
    if (lines === undefined || lines.lastMs < sinceMs) return step;
    return { ...step, status: "running", startedAt: new Date(Math.max(lines.firstMs, sinceMs)).toISOString() };
  });
}
