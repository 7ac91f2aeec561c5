import { z } from "zod";

/** The project whose schedules are listed, as the page's address has it; those of all projects without one. */
export const schedulesSearch = z.object({ project: z.string().optional().catch(undefined) });
