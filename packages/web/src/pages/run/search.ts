import { z } from "zod";

/** The address of a run's form: the version, and values of visible parameters by name. A parameter's name has no colon in front. */
export const runSearch = z.looseObject({
  ":version": z.coerce.number().int().positive().optional().catch(undefined),
});
