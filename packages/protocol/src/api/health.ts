import { z } from "zod";
import { networkForm } from "../wire/network.ts";
import { sandboxLevel } from "../wire/sandbox-level.ts";

/** The check of one component. */
export const healthCheck = z.object({
  name: z.enum(["postgres", "nats", "streams", "keyring", "executors", "queue", "schedules", "hold", "clock", "audit"]),
  state: z.enum(["good", "warning", "bad"]),
  /** The finding, and what to do when it is not good. */
  sentence: z.string(),
  /** Time of the answer; null when the check sends no request. */
  latencyMs: z.number().nullable(),
});
export type HealthCheck = z.infer<typeof healthCheck>;

/** A stream of NATS. `maxBytes` is null without a limit. */
export const streamHealth = z.object({
  name: z.string(),
  messages: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  maxBytes: z.number().int().positive().nullable(),
});

/** A table of one of the databases, with its indexes. */
export const tableHealth = z.object({
  database: z.enum(["platform", "keyring"]),
  name: z.string(),
  bytes: z.number().int().nonnegative(),
  /** Counted roughly by PostgreSQL. */
  rows: z.number().int().nonnegative(),
  /** How it grew in the last days; negative when it shrank, null until it has been measured for half a day. */
  bytesPerDay: z.number().int().nullable(),
  rowsPerDay: z.number().int().nullable(),
});
export type TableHealth = z.infer<typeof tableHealth>;

/** `GET /api/v1/platform/health`: checked now, each component within five seconds. The status is always 200. */
export const platformHealth = z.object({
  checkedAt: z.string(),
  checks: z.array(healthCheck),
  platform: z.object({
    version: z.string(),
    startedAt: z.string(),
    /** Resident memory of the process that answers. */
    memoryBytes: z.number().int(),
    node: z.string(),
  }),
  postgres: z
    .object({ version: z.string(), databaseBytes: z.number().int(), connections: z.number().int() })
    .nullable(),
  nats: z.object({ version: z.string(), streams: z.array(streamHealth) }).nullable(),
  queue: z
    .object({
      queued: z.number().int(),
      /** The queued executions that an executor may take now. */
      published: z.number().int(),
      running: z.number().int(),
      oldestQueuedAt: z.string().nullable(),
    })
    .nullable(),
  /** The largest first; those of the keyring only when it answers. Absent in answers of a platform before this field. */
  tables: z.array(tableHealth).nullable().optional(),
});
export type PlatformHealth = z.infer<typeof platformHealth>;

/** A pool: the executors of one queue, and the executions that wait for them. */
export const poolInfo = z.object({
  name: z.string(),
  /** Executors with a recent heartbeat that are not revoked. */
  executors: z.number().int().nonnegative(),
  slots: z.number().int().nonnegative(),
  running: z.number().int().nonnegative(),
  queued: z.number().int().nonnegative(),
  oldestQueuedAt: z.string().nullable(),
  /** The strongest sandbox of its live executors; null without one that says it, absent from an earlier platform. */
  sandbox: sandboxLevel.nullable().optional(),
  /** The networks that its live executors offer scripts; absent from an earlier platform. */
  networkForms: z.array(networkForm).optional(),
});
export type PoolInfo = z.infer<typeof poolInfo>;
/** `GET /api/v1/pools`: every pool that has executors or queued executions. */
export const poolList = z.object({ pools: z.array(poolInfo) });
export type PoolList = z.infer<typeof poolList>;

/** `GET /api/v1/ready`: for monitors and load balancers, without a sign-in and without a reason. */
export const platformReady = z.object({ ready: z.boolean() });
