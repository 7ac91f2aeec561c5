import { z } from "zod";
import { key32 } from "../text/bytes-text.ts";
import { failure } from "../wire/execution.ts";
import { platformId } from "../names.ts";

/** `GET /api/v1/platform`: who this is. The client compares the keyring's fingerprint with the one it has pinned. */
export const platformInfo = z.object({
  id: platformId,
  version: z.string(),
  keyring: z.object({ signPublic: key32, fingerprint: z.string() }),
});
export type PlatformInfo = z.infer<typeof platformInfo>;

/** Every error over HTTP. */
export const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), requestId: z.string() }),
});
export type ErrorBody = z.infer<typeof errorBody>;

/** One enrolled executor. */
export const executorInfo = z.object({
  id: z.string(),
  pool: z.string(),
  enrolledAt: z.string(),
  lastSeenAt: z.string().nullable(),
  running: z.number().int(),
  /** How many it runs at once; 0 before it said so. */
  slots: z.number().int(),
  /** True when it was heard of lately. */
  isLive: z.boolean(),
  /** True while it finishes what it runs and takes nothing new. */
  isDraining: z.boolean(),
  /** Why it takes nothing until its machine is in order again; null while it takes executions. */
  trouble: failure.nullable(),
  /** When it was shut out for good; null while it is enrolled. */
  revokedAt: z.string().nullable(),
});
/** `GET /api/v1/executors`. */
export const executorList = z.object({ executors: z.array(executorInfo) });
export type ExecutorList = z.infer<typeof executorList>;
