import { z } from "zod";

/** Whether changes arrive: `lost` until the platform answers again. */
export const liveState = z.enum(["connecting", "connected", "lost"]);

/** Whether changes arrive. */
export type LiveState = z.infer<typeof liveState>;
