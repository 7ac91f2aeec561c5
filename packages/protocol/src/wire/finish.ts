import { z } from "zod";
import { executionId } from "../names.ts";
import { limits } from "../limits.ts";
import { batchOf } from "./batches.ts";
import { failure, type ReportItem, reportItem, stepUse } from "./execution.ts";
import { decodeText } from "../text/decode.ts";

/** How a step ended, as the end of its attempt says it. `step` is its position, from 0. */
export const finishedStep = z.object({
  step: z.number().int().nonnegative(),
  status: z.enum(["succeeded", "failed", "skipped"]),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  ...stepUse,
  error: failure.optional(),
});
export type FinishedStep = z.infer<typeof finishedStep>;

const items = z.array(reportItem).min(1);

/** The items are one text of JSON, because the executor does not read what a worker wrote; an earlier executor sends them as they are. */
const lastReport = z.object({
  sequence: z.number().int().positive(),
  items: z.union([
    items,
    z.string().transform((text, context) => {
      try {
        return decodeText(items, text);
      } catch {
        context.addIssue({ code: "custom", message: "expected report items as JSON" });
        return z.NEVER;
      }
    }),
  ]),
});

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
  report: lastReport.optional().catch(undefined),
});
export type FinishedAttempt = z.infer<typeof finishedAttempt>;
/** The same as executors send it. */
export type SentEnd = Omit<FinishedAttempt, "report"> & {
  readonly report?: { readonly sequence: number; readonly items: string | ReportItem[] } | undefined;
};

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
