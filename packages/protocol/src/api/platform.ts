import { z } from "zod";
import { key32 } from "../text/bytes-text.ts";
import { failure } from "../wire/execution.ts";
import { networkForm } from "../wire/network.ts";
import { platformId } from "../names.ts";
import { sandboxLevel } from "../wire/sandbox-level.ts";

/** `GET /api/v1/platform`: the platform's identity. The client compares the keyring's fingerprint with its pinned one. */
export const platformInfo = z.object({
  id: platformId,
  version: z.string(),
  keyring: z.object({ signPublic: key32, fingerprint: z.string() }),
});
export type PlatformInfo = z.infer<typeof platformInfo>;

/** The body of every error over HTTP. */
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
  /** The maximum number of executions it runs at once; 0 before its first heartbeat. */
  slots: z.number().int(),
  /** True when its last heartbeat is recent. */
  isLive: z.boolean(),
  /** True while it finishes its executions and takes no new ones. */
  isDraining: z.boolean(),
  /** Why it takes no executions until its machine works again; null while it takes executions. */
  trouble: failure.nullable(),
  /** How it can limit the network of scripts; absent from a platform of an earlier version. */
  networkForms: z.array(networkForm).optional(),
  /** What its sandbox holds; null while it does not say, absent from an earlier platform. */
  sandbox: sandboxLevel.nullable().optional(),
  /** When it was revoked; null while it is enrolled. */
  revokedAt: z.string().nullable(),
});
/** `GET /api/v1/executors`. */
export const executorList = z.object({ executors: z.array(executorInfo) });
export type ExecutorList = z.infer<typeof executorList>;
