import { z } from "zod";

/** The tabs of a package's page, in order. */
export const packageTabs = ["overview", "files", "versions", "secrets"] as const;

/** The search parameters of a package's page. */
export const packageSearch = z.object({
  tab: z.enum(packageTabs).optional().catch(undefined),
  version: z.coerce.number().int().positive().optional().catch(undefined),
  /** The version that `version` is compared with. */
  against: z.coerce.number().int().positive().optional().catch(undefined),
  /** The path of the open file. */
  file: z.string().optional().catch(undefined),
  /** A line of that file, from 1. */
  line: z.coerce.number().int().positive().optional().catch(undefined),
});

export type PackageSearch = Readonly<z.infer<typeof packageSearch>>;
