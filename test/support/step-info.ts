import type { StepInfo } from "@sealrun/protocol";

/** A step of the script with that name, before it has started; `more` says what differs. */
export function stepInfo(script: string, more: Partial<StepInfo> = {}): StepInfo {
  return {
    script,
    name: script,
    status: "pending",
    exitCode: null,
    startedAt: null,
    durationMs: null,
    tries: 0,
    output: "",
    result: null,
    error: null,
    ...more,
  };
}
