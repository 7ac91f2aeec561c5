import { z } from "zod";

/**
 * How well an executor isolates scripts, the weakest level first. Each promises what those before it promise, and more:
 * `namespaces` own namespaces and mounts, `filtered` the filter of system calls too, `separate-users` also a user of the
 * host for each slot.
 */
export const sandboxLevels = ["none", "namespaces", "filtered", "separate-users"] as const;
/** One of `sandboxLevels`. */
export const sandboxLevel = z.enum(sandboxLevels);
export type SandboxLevel = z.infer<typeof sandboxLevel>;

/** True when `level` is `least` or stronger; an executor that does not say its level reaches only `none`. */
export function reachesLevel(level: SandboxLevel | null | undefined, least: SandboxLevel): boolean {
  return sandboxLevels.indexOf(level ?? "none") >= sandboxLevels.indexOf(least);
}
