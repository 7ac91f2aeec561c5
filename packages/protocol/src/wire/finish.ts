import { z } from "zod";
import { executionId } from "../names.ts";
import { limits } from "../limits.ts";
import { batchOf } from "./batches.ts";
import { failure, report } from "./execution.ts";

/** How a step ended, as the end of its attempt says it. `step` is its position, from 0. */
export const finishedStep = z.object({
  step: z.number().int().nonnegative(),
  status: z.enum(["succeeded", "failed", "skipped"]),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  error: failure.optional(),
});
export type FinishedStep = z.infer<typeof finishedStep>;

/** The end of an attempt. The executor repeats it until it is answered. */
export const finishedAttempt = z.object({
  executionId,
  attempt: z.number().int().positive(),
  status: z.enum(["succeeded", "failed", "cancelled"]),
  error: failure.optional(),
  /** Sequence of the last report chunk, so that missing chunks are known; 0 without chunks. */
  lastSequence: z.number().int().nonnegative(),
  /** How each step ended, so that no step stays open while its reports are under way. Results are only in the reports. */
  steps: z.array(finishedStep).max(limits.packageFiles).optional(),
  /**
   * The last report chunk, if it fits. It may come before earlier chunks. One that cannot be read counts as missing,
   * because the end must not be lost with it.
   */
  report: report.optional().catch(undefined),
});
export type FinishedAttempt = z.infer<typeof finishedAttempt>;

/** Ends of attempts of one executor, in one request; each execution is in it once. */
export const finishRequest = z.object({
  ends: batchOf(finishedAttempt),
});

/**
 * One verdict for each end, in the order of the request. With `ok` the end is committed. `missing`: sequences of report
 * chunks that have not arrived; absent when all have.
 */
export const finishReply = z.object({
  ok: z.literal(true),
  ends: z.array(
    z.discriminatedUnion("ok", [
      z.object({ executionId, ok: z.literal(true), missing: z.array(z.number().int().positive()).optional() }),
      z.object({ executionId, ok: z.literal(false), error: failure }),
    ]),
  ),
});
export type FinishReply = z.infer<typeof finishReply>;
