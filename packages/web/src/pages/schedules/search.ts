import { z } from "zod";

/** The project whose schedules are listed, as the page's address has it. Without one, all projects. */
export const schedulesSearch = z.object({ project: z.string().optional().catch(undefined) });
