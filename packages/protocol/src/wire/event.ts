import { z } from "zod";
import { base64, sha256Hex } from "../text/bytes-text.ts";
import { trigger } from "./execution.ts";
import { traceParent } from "./trace-context.ts";
import { jsonObject, jsonValue } from "../text/json-value.ts";
import { networkSetting } from "./network.ts";
import {
  eventId,
  eventType,
  executionId,
  packageId,
  packageName,
  platformId,
  poolId,
  projectId,
  projectName,
  secretId,
  secretName,
  versionId,
} from "../names.ts";

/** How often a failing step is tried. The first wait is `delayMs`; each further wait is `factor` times longer. */
export const eventRetry = z.object({
  attempts: z.number().int().min(1),
  delayMs: z.number().nonnegative(),
  factor: z.number().min(1),
  maxDelayMs: z.number().nonnegative(),
});
export type EventRetry = z.infer<typeof eventRetry>;

/** What a package asks for its step; what is absent is decided by the executor's settings. */
export const eventLimits = z.object({
  memoryBytes: z.number().int().positive().optional(),
  processes: z.number().int().positive().optional(),
  cpuMs: z.number().int().positive().optional(),
  diskBytes: z.number().int().positive().optional(),
  files: z.number().int().positive().optional(),
  openFiles: z.number().int().positive().optional(),
  tmpBytes: z.number().int().positive().optional(),
  outputBytes: z.number().int().positive().optional(),
});
export type EventLimits = z.infer<typeof eventLimits>;

/** One step of an execution: one script. */
export const eventStep = z.object({
  script: z.string(),
  name: z.string(),
  /** Names this step may read; absent means every name. */
  secrets: z.array(z.string()).optional(),
  timeoutMs: z.number().int().positive().optional(),
  env: z.record(z.string(), z.string()).optional(),
  /** What the script reads as `context.input`; references in it are resolved in the executor. */
  input: jsonValue.optional(),
  retry: eventRetry.optional(),
  limits: eventLimits.optional(),
});
export type EventStep = z.infer<typeof eventStep>;

/** A service secret in an event: the inner envelope, or the fields to fetch and check it. */
export const eventSecret = z.object({
  name: secretName,
  id: secretId,
  version: z.number().int().positive(),
  /** SHA-256 and size of the inner envelope. */
  sha256: sha256Hex,
  size: z.number().int().positive(),
  envelope: base64.optional(),
});
export type EventSecret = z.infer<typeof eventSecret>;

/** One file of a version. The executor makes it executable where `executable` is true; absent means false. */
export const listedFile = z.object({
  path: z.string(),
  sha256: sha256Hex,
  size: z.number().int().nonnegative(),
  executable: z.boolean().optional(),
});

/** The message on NATS that offers one execution to executors. Ciphertext and ids only; signed by the platform. */
export const executionEvent = z.object({
  executionId,
  generation: z.number().int().positive(),
  platformId,
  pool: poolId,
  project: z.object({ id: projectId, name: projectName }),
  package: z.object({ id: packageId, name: packageName }),
  version: z.object({ id: versionId, number: z.number().int().positive(), digest: sha256Hex }),
  steps: z.array(eventStep).min(1),
  files: z.array(listedFile).optional(),
  /** Absent without a setting in the manifest, and from platforms of earlier versions. */
  network: networkSetting.optional(),
  config: jsonObject,
  /** Names of secrets whose values are masked from the start, in addition to those that a step declares. */
  mask: z.array(z.string()),
  parameters: z.object({
    visible: jsonObject,
    sealed: base64.optional(),
    /** Data of the event that started this execution, sealed with the project key. Its fields are also parameters. */
    eventData: z.object({ id: eventId, type: eventType, envelope: base64 }).optional(),
  }),
  trigger,
  secrets: z.array(eventSecret),
  /** The span that started it; absent while tracing is off. */
  trace: traceParent.optional(),
  /** Milliseconds since 1970. The event is not claimed after it. */
  expiresAt: z.number().int(),
});
export type ExecutionEvent = z.infer<typeof executionEvent>;
