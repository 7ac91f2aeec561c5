import { z } from "zod";
import { executionStatus } from "../wire/execution.ts";
import { executionId } from "../names.ts";

/** Since when, and by whom, no platform starts anything new. */
const hold = z.object({ since: z.string(), by: z.string() });

/** `GET` and `POST /api/v1/platform/hold`: null while executions start as they are due. */
export const holdState = z.object({ hold: hold.nullable() });
export type HoldState = z.infer<typeof holdState>;

/** `POST /api/v1/platform/resume`: the hold that has ended, null without one, and how many schedules came due during it. */
export const resumeAnswer = z.object({ hold: hold.nullable(), due: z.number().int().nonnegative() });
export type ResumeAnswer = z.infer<typeof resumeAnswer>;

/** A time with its zone. */
export const zonedTime = z.iso.datetime({
  offset: true,
  error: "expected a time with its zone, such as 2026-01-31T12:00:00Z",
});

/** `GET /api/v1/executions/open?before=`: what settling would end, counted. */
export const openExecutions = z.object({
  open: z.array(
    z.object({ project: z.string(), package: z.string(), status: executionStatus, count: z.number().int() }),
  ),
});
export type OpenExecutions = z.infer<typeof openExecutions>;

/** `POST /api/v1/executions/settle`. `after` is the `next` of the answer before. */
export const settleExecutions = z.strictObject({
  /** Ends what was accepted before; not in the future. */
  before: zonedTime,
  after: z
    .string()
    .regex(/^\d{1,18}$/, "expected a cursor of this API")
    .optional(),
});
export type SettleExecutions = z.infer<typeof settleExecutions>;

/** Its answer: at most 500 executions are looked at in one request. */
export const settledExecutions = z.object({
  settled: z.number().int().nonnegative(),
  /** Those that could not be ended; the platform's log says why. */
  failed: z.array(executionId),
  /** Null when there are no more. */
  next: z.string().nullable(),
});
export type SettledExecutions = z.infer<typeof settledExecutions>;
