import { z } from "zod";

/** What the guides are searched for, as the page's address has it. */
export const guidesSearch = z.object({ find: z.string().optional().catch(undefined) });
