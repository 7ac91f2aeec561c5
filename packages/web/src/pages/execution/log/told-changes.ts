import { type ExecutionInfo, isFinal, type LiveEvent, type StepInfo } from "@sealrun/protocol";

/** What a live stream tells besides lines. */
export type ToldChange = Exclude<LiveEvent, { readonly kind: "early" | "log" }>;

interface KnownExecution extends Pick<ExecutionInfo, "status" | "reportsComplete"> {
  readonly steps: readonly Pick<StepInfo, "script" | "name" | "status">[];
}

/** The last word on the status and on each step: a stream begins with what happened before it was opened. */
export function lastWords(told: readonly ToldChange[]): readonly ToldChange[] {
  return [...new Map(told.map((change) => [subjectOf(change), change])).values()];
}

/** Whether an execution as it was read already has what a stream told. */
export function isKnown(change: ToldChange, execution: KnownExecution): boolean {
  switch (change.kind) {
    case "status":
      return execution.status === change.status;
    case "end":
      return execution.status === change.status && isFinal(change.status) && execution.reportsComplete;
    case "step":
      return execution.steps.some(
        ({ script, name, status }) => script === change.script && name === change.name && status === change.status,
      );
  }
}

function subjectOf(change: ToldChange): string {
  return change.kind === "step" ? JSON.stringify([change.script, change.name]) : change.kind;
}
