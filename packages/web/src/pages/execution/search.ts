import { z } from "zod";

/** The tabs of an execution, in their order. */
export const executionTabs = ["log", "results", "receipt", "parameters", "attempts", "difference"] as const;

/** What is shown of an execution, as the page's address has it. */
export const executionSearch = z.object({
  tab: z.enum(executionTabs).optional().catch(undefined),
  step: z.string().optional().catch(undefined),
  /** The execution to compare with; without it, the last one that succeeded before. */
  against: z.string().optional().catch(undefined),
  find: z.string().optional().catch(undefined),
  /** A line of the log, from 1. */
  line: z.coerce.number().int().positive().optional().catch(undefined),
});
