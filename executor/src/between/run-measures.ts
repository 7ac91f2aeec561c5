import { z } from "zod";

/** Tries of steps whose times are kept for a trace: the last ones. */
export const maxStepMeasures = 100;

/** One try of a step. */
const stepMeasure = z.object({
  index: z.int().nonnegative(),
  try: z.int().positive(),
  /** The span that its script has as `TRACEPARENT`. */
  spanId: z.string().regex(/^(?!0{16})[0-9a-f]{16}$/),
  /** Milliseconds since 1970. */
  startMs: z.number().nonnegative(),
  endMs: z.number().nonnegative(),
  exitCode: z.int().nullable(),
  /** The error code of a try that failed. */
  code: z.string().max(64).optional(),
});
export type StepMeasure = z.infer<typeof stepMeasure>;

/** What a worker measured of one attempt: numbers only. */
export const runMeasures = z.object({
  /** From the opened grant to the first line that a script wrote; absent when none did. */
  firstLineMs: z.number().nonnegative().optional(),
  /** Bytes of secrets that were masked in what left the run. */
  maskedBytes: z.int().nonnegative(),
  /** How often they were replaced. */
  replacements: z.int().nonnegative(),
  /** None without a trace. */
  steps: z.array(stepMeasure).max(maxStepMeasures),
});
export type RunMeasures = z.infer<typeof runMeasures>;
