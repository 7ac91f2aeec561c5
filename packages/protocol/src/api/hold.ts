import { z } from "zod";
import { fields } from "../text/document.ts";
import { executionStatus } from "../wire/execution.ts";
import { executionId } from "../names.ts";
import { zonedTime } from "./zoned-time.ts";

/** A hold, in which no platform starts a new execution: since when, and who set it. */
const hold = z.object({ since: z.string(), by: z.string() });

/** `GET` and `POST /api/v1/platform/hold`: null while no hold is set. */
export const holdState = z.object({ hold: hold.nullable() });
export type HoldState = z.infer<typeof holdState>;

/** `POST /api/v1/platform/resume`: the ended hold (null without one), and the number of schedules that came due in it. */
export const resumeAnswer = z.object({ hold: hold.nullable(), due: z.number().int().nonnegative() });
export type ResumeAnswer = z.infer<typeof resumeAnswer>;

/** `GET /api/v1/executions/open?before=`: counts the executions that settling would end. */
export const openExecutions = z.object({
  open: z.array(
    z.object({ project: z.string(), package: z.string(), status: executionStatus, count: z.number().int() }),
  ),
});
export type OpenExecutions = z.infer<typeof openExecutions>;

/** `POST /api/v1/executions/settle`. `after` is the `next` of the previous answer. */
export const settleExecutions = fields({
  /** Ends executions that were accepted before this time; not in the future. */
  before: zonedTime,
  after: z
    .string()
    .regex(/^\d{1,18}$/, "expected a cursor of this API")
    .optional(),
});
export type SettleExecutions = z.infer<typeof settleExecutions>;

/** The answer. One request handles at most 500 executions. */
export const settledExecutions = z.object({
  settled: z.number().int().nonnegative(),
  /** Executions that could not be ended; the platform's log says why. */
  failed: z.array(executionId),
  /** Null on the last page. */
  next: z.string().nullable(),
});
export type SettledExecutions = z.infer<typeof settledExecutions>;
