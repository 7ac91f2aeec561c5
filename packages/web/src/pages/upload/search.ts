import { z } from "zod";

/** The search parameters of the upload page. */
export const uploadSearch = z.object({
  /** The package to add a version to; undefined for a new package. */
  package: z.string().optional().catch(undefined),
});
