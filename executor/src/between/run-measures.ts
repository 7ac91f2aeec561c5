import { z } from "zod";

/** What a worker measured of one attempt: numbers only. */
export const runMeasures = z.object({
  /** From the opened grant to the first line that a script wrote; absent when none did. */
  firstLineMs: z.number().nonnegative().optional(),
  /** Bytes of secrets that were masked in what left the run. */
  maskedBytes: z.int().nonnegative(),
  /** How often they were replaced. */
  replacements: z.int().nonnegative(),
});
export type RunMeasures = z.infer<typeof runMeasures>;
