import { type EventStep, limits, SealrunError, showSeconds } from "@sealrun/protocol";
import type { StepEnd } from "../../child/run-step.ts";

/** How long a step may run. */
export function timeoutOf({ timeoutMs }: Pick<EventStep, "timeoutMs">): number {
  return timeoutMs ?? limits.stepTimeoutMs;
}

/** Why a step that was started did not succeed, or undefined when it did. */
export function explainEnd(
  end: StepEnd,
  plan: Pick<EventStep, "script" | "timeoutMs">,
  { hasPrinted }: { readonly hasPrinted: boolean },
): SealrunError | undefined {
  if (end.channelBroken !== undefined) return end.channelBroken;
  if (end.exceeded !== undefined) return end.exceeded;
  if (end.timedOut) {
    const timeout = showSeconds(timeoutOf(plan));
    return new SealrunError(
      "SCRIPT_TIMED_OUT",
      `${plan.script} ran longer than its timeout of ${timeout} and was ended; raise the step's timeout in manifest.json if it needs longer`,
    );
  }
  if (end.cancelled) return new SealrunError("CANCELLED", `${plan.script} was ended with its attempt`);
  if (end.exitCode === 0) return undefined;
  const how =
    end.exitCode === undefined
      ? "was killed"
      : end.signal === undefined
        ? `ended with exit code ${end.exitCode}`
        : `was ended by ${end.signal}`;
  return new SealrunError(
    "SCRIPT_FAILED",
    `${plan.script} ${how}${hasPrinted ? "; its output says why" : " and printed nothing"}`,
  );
}
