import { z } from "zod";

/** The search parameters of the upload page. */
export const uploadSearch = z.object({
  /** The package to add a version to; undefined for a new package. */
  package: z.string().optional().catch(undefined),
  /** The version whose files were edited. */
  from: z.coerce.number().int().positive().optional().catch(undefined),
});
