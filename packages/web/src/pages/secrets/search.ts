import { z } from "zod";

/** The search parameters of a secrets page: names, never a value. */
export const secretsSearch = z.object({
  /** The text in the search field. */
  find: z.string().optional().catch(undefined),
  /** The name to set; empty to ask for one. */
  add: z.string().optional().catch(undefined),
  /** The name whose details are open. */
  open: z.string().optional().catch(undefined),
});

export type SecretsSearch = Readonly<z.infer<typeof secretsSearch>>;
