import type { ExecutionInfo } from "@sealrun/protocol";

/** A name that a failed step asked for in the last attempt, and did not get. */
export interface UnansweredName {
  readonly name: string;
  readonly step: string;
  /** `missing`: no scope had it. `refused`: the manifest does not let the step read it. */
  readonly outcome: "missing" | "refused";
}

/** What failed steps asked for without an answer, each name once: what other steps did without is no reason. */
export function findUnanswered({
  steps,
  receipt,
  attempt,
}: Pick<ExecutionInfo, "steps" | "receipt" | "attempt">): readonly UnansweredName[] {
  const failed = new Set(steps.filter(({ status }) => status === "failed").map(({ name }) => name));
  const found = new Map<string, UnansweredName>();
  for (const { name, step, outcome, attempt: rowAttempt } of receipt) {
    if (outcome === "read") found.delete(name);
    else if (failed.has(step) && (rowAttempt ?? attempt) === attempt) found.set(name, { name, step, outcome });
  }
  return [...found.values()];
}
