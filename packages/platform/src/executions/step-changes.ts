import type { FinishedStep } from "@sealrun/protocol";
import type { StepEnd, StepState } from "./step-store.ts";

/**
 * A pending step that is running since `at` (ISO 8601); undefined when it is not pending. A step that ended early with
 * its attempt keeps its status and gets its start time.
 */
export function startStep(step: StepState, at: string): StepState | undefined {
  if (step.status !== "pending" && !step.isToldEarly) return undefined;
  return { ...step, status: step.isToldEarly ? step.status : "running", startedAt: step.startedAt ?? at };
}

/** A running step with the number of its current try; undefined when nothing changes. */
export function noteTry(step: StepState, number: number): StepState | undefined {
  const tries = Math.max(step.tries, smallInteger(number) ?? 1);
  return (step.status === "running" || step.isToldEarly) && tries > step.tries ? { ...step, tries } : undefined;
}

/**
 * An ended step; undefined when it has ended already, because an end never changes. A step that ended early with its
 * attempt gets the details of its own report, if the status is the same.
 */
export function endStep(step: StepState, end: StepEnd): StepState | undefined {
  if (!isOpen(step) && !(step.isToldEarly && step.status === end.status)) return undefined;
  const { status, exitCode, durationMs, result, error } = end;
  const code = smallInteger(exitCode);
  return {
    ...step,
    status,
    exitCode: code,
    durationMs,
    ...useOf(end),
    result,
    error: error ?? null,
    isToldEarly: false,
  };
}

/**
 * A step that ends as the request that finished its attempt says, before its own report arrives; undefined when it has
 * ended.
 */
export function endStepEarly(step: StepState, end: FinishedStep): StepState | undefined {
  if (!isOpen(step)) return undefined;
  const { status, exitCode, durationMs, error } = end;
  const code = smallInteger(exitCode);
  return { ...step, status, exitCode: code, durationMs, ...useOf(end), error: error ?? null, isToldEarly: true };
}

/** What it used; null where that was not measured. */
function useOf({ peakMemoryBytes, cpuMs }: Pick<StepEnd, "peakMemoryBytes" | "cpuMs">) {
  return { peakMemoryBytes: peakMemoryBytes ?? null, cpuMs: cpuMs ?? null };
}

/** A step of an ended execution whose reports are all in: a running one fails, a pending one is skipped. */
export function closeStep(step: StepState): StepState | undefined {
  if (isOpen(step)) return { ...step, status: step.status === "running" ? "failed" : "skipped", isToldEarly: false };
  return step.isToldEarly ? { ...step, isToldEarly: false } : undefined;
}

/** The number if it fits PostgreSQL's integer, otherwise null: an executor may send any number. */
export function smallInteger(value: number | null): number | null {
  return value !== null && Math.abs(value) <= 2_147_483_647 ? value : null;
}

function isOpen({ status }: StepState): boolean {
  return status === "pending" || status === "running";
}
