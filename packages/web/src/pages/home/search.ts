import { z } from "zod";
import { packageSort } from "./sort-packages.ts";

/** The search parameters of a project's home page, which filter and sort its packages. */
export const homeSearch = z.object({
  find: z.string().optional().catch(undefined),
  tag: z.string().optional().catch(undefined),
  sort: packageSort.optional().catch(undefined),
});

export type HomeSearch = Readonly<z.infer<typeof homeSearch>>;
