import type { StepInfo } from "@sealrun/protocol";
import { roundStep } from "../../../parts/time/round-times.ts";

/** A step on the time axis of its execution; `from` and `length` are shares of the axis, from 0 to 1. */
export interface StepBar {
  readonly from: number;
  readonly length: number;
  readonly durationMs: number;
}

/** The time axis: its length, its marks, and the bars on it. */
export interface StepAxis {
  readonly totalMs: number;
  readonly marksMs: readonly number[];
  /** One for each step; undefined for a step that did not start. */
  readonly bars: readonly (StepBar | undefined)[];
}

/** The fields of a step that place it. */
export type PlacedStep = Pick<StepInfo, "status" | "startedAt" | "durationMs">;

/** The smallest share that is still visible. */
const minLength = 0.004;

/**
 * Places the steps of the newest attempt between its claim and its end, or now. Steps without a recorded start (of old
 * executions) follow one another.
 */
export function placeSteps(
  steps: readonly PlacedStep[],
  span: { readonly fromMs: number; readonly toMs: number },
): StepAxis {
  let doneMs = span.fromMs;
  const spans = steps.map((step) => {
    if (step.status === "pending" || step.status === "skipped") return undefined;
    const startMs = step.startedAt === null ? doneMs : Date.parse(step.startedAt);
    const durationMs = Math.max(step.durationMs ?? (step.status === "running" ? span.toMs - startMs : 0), 0);
    doneMs = startMs + durationMs;
    return { startMs, durationMs };
  });
  const started = spans.filter((one) => one !== undefined);
  const fromMs = Math.min(span.fromMs, ...started.map(({ startMs }) => startMs));
  const toMs = Math.max(span.toMs, ...started.map(({ startMs, durationMs }) => startMs + durationMs));
  const totalMs = Math.max(toMs - fromMs, 1);
  const bars = spans.map((one) => {
    if (one === undefined) return undefined;
    const length = Math.min(Math.max(one.durationMs / totalMs, minLength), 1);
    return { from: Math.min((one.startMs - fromMs) / totalMs, 1 - length), length, durationMs: one.durationMs };
  });
  return { totalMs, marksMs: marks(totalMs), bars };
}

const maxMarks = 5;

/** Round times along the axis, from its start; the end has no mark, the total stands there. */
function marks(totalMs: number): readonly number[] {
  const step = roundStep(totalMs, maxMarks);
  return Array.from({ length: Math.ceil(totalMs / step) }, (_, index) => index * step);
}
