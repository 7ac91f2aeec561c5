/** Whether changes arrive: `lost` until the platform answers again. */
export type LiveState = "connecting" | "connected" | "lost";
