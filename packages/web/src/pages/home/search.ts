import { z } from "zod";

/** The search parameters of a project's home page, which filter its packages. */
export const homeSearch = z.object({
  find: z.string().optional().catch(undefined),
  tag: z.string().optional().catch(undefined),
});

export type HomeSearch = Readonly<z.infer<typeof homeSearch>>;
