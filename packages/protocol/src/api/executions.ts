import { z } from "zod";
import { fields } from "../text/document.ts";
import { base64 } from "../text/bytes-text.ts";
import {
  connectionRow,
  executionStatus,
  failure,
  logStream,
  receiptRow,
  stepStatus,
  trigger,
} from "../wire/execution.ts";
import { networkForm } from "../wire/network.ts";
import { jsonObject, jsonValue } from "../text/json-value.ts";
import { eventText, executionId } from "../names.ts";
import { sandboxLevel } from "../wire/sandbox-level.ts";
import { versionNumber } from "./version-number.ts";
import { zonedTime } from "./zoned-time.ts";

/**
 * `POST /api/v1/projects/:project/packages/:package/executions`. Either `sealed` (the client's way: JSON of all
 * parameters that are not visible, sealed with the package key and the context of parameters) or `parameters` (a plain
 * request: checked and sealed at the boundary).
 */
export const startExecution = fields({
  visible: jsonObject.optional(),
  sealed: base64.optional(),
  /** Names of the sealed parameters; nothing else of them is ever shown. */
  sealedNames: z.array(eventText).optional(),
  parameters: jsonObject.optional(),
  /** The version to run; without it the newest one. */
  version: versionNumber.optional(),
  /** 1 runs last, 10 first. Without it, the manifest's priority, else 5. */
  priority: z.number().int().min(1).max(10).optional(),
  /** ISO 8601 with an offset. The execution is not offered to an executor before this time. */
  notBefore: zonedTime.optional(),
});
export type StartExecution = z.infer<typeof startExecution>;

/** 202: the execution is committed. */
export const startedExecution = z.object({ id: executionId, status: executionStatus });
export type StartedExecution = z.infer<typeof startedExecution>;

/**
 * `POST /api/v1/executions/:execution/again`: starts the package again with the same parameters; sealed ones are copied
 * as they are. 202 with a `startedExecution`. `same` runs the original version, `newest` (the default) the newest one. The
 * trigger and its data are copied too. The header `Idempotency-Key` works as for a start.
 */
export const runAgain = fields({ version: z.enum(["newest", "same"]).optional() });
export type RunAgain = z.infer<typeof runAgain>;

/** One step. `output` holds its masked stdout, stderr and log lines together, cut to the last 64 KiB. */
export const stepInfo = z.object({
  script: z.string(),
  name: z.string(),
  status: stepStatus,
  exitCode: z.number().int().nullable(),
  /** When it first started in the newest attempt, on its executor's clock. */
  startedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  /** Peak memory of all its processes together, as it was seen; null where it was not measured. An older platform does not say. */
  peakMemoryBytes: z.number().nullish(),
  /** Time on processors of all its processes together. */
  cpuMs: z.number().nullish(),
  /** Number of starts in the newest attempt; 0 before the first one. */
  tries: z.number().int().nonnegative(),
  output: z.string(),
  result: jsonValue,
  error: failure.nullable(),
});
export type StepInfo = z.infer<typeof stepInfo>;

/** When and why retention deleted the log of an execution and the results of its steps. */
export const logDeletion = z.object({
  at: z.string(),
  /** The limit, in days. */
  days: z.number().int().positive(),
  /** Whose limit it was. */
  rule: z.enum(["platform", "project"]),
  /** All of this, for people. */
  sentence: z.string(),
});
export type LogDeletion = z.infer<typeof logDeletion>;
/** Null while the log is kept; absent in answers of a platform that deletes none. */
const logDeleted = logDeletion.nullable().optional();

/** What scripts of a package with named hosts were connected to; absent from a platform of an earlier version. */
const connections = z.array(connectionRow);

/** `GET /api/v1/executions/:execution`. */
export const executionInfo = z.object({
  id: executionId,
  project: z.string(),
  package: z.string(),
  version: z.number().int().positive(),
  status: executionStatus,
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  attempt: z.number().int().nonnegative(),
  executor: z.string().nullable(),
  error: failure.nullable(),
  priority: z.number().int(),
  notBefore: z.string().nullable(),
  trigger,
  /** Why a queued execution waits, as one sentence; null when it does not wait. */
  waiting: z.string().nullable(),
  /** True when a cancel was requested. */
  cancelRequested: z.boolean(),
  attempts: z.array(
    z.object({
      attempt: z.number().int().positive(),
      executor: z.string(),
      claimedAt: z.string(),
      /** How it ended; null while it runs. */
      end: z.enum(["finished", "lost", "given-back", "released"]).nullable(),
      /** The problem of the executor's machine that made it release the attempt; null for any other end. */
      reason: failure.nullable(),
      /** What the executor's sandbox held when it claimed; null from an executor that does not say. */
      sandbox: sandboxLevel.nullable().optional(),
    }),
  ),
  parameters: z.object({ visible: jsonObject, sealedNames: z.array(z.string()) }),
  steps: z.array(stepInfo),
  receipt: z.array(receiptRow),
  /** How much of the network its scripts reach; absent from a platform of an earlier version. */
  network: networkForm.nullable().optional(),
  connections: connections.optional(),
  /** False when report chunks of a finished attempt have not arrived. */
  reportsComplete: z.boolean(),
  /** One sentence about missing output and receipt rows, after the platform stopped waiting for them; null otherwise. */
  reportsGap: z.string().nullable(),
  /** Not null once retention has deleted the log: then no step has output or a result. */
  logDeleted,
});
export type ExecutionInfo = z.infer<typeof executionInfo>;

/** `GET /api/v1/executions/:execution/receipt`: the names that each attempt read, did not find, or was refused. */
export const executionReceipt = z.object({
  id: executionId,
  receipt: z.array(receiptRow),
  connections: connections.optional(),
  /** False while rows may still arrive. */
  complete: z.boolean(),
  /** One sentence about missing rows, after the platform stopped waiting for them; null otherwise. */
  gap: z.string().nullable(),
});
export type ExecutionReceipt = z.infer<typeof executionReceipt>;

/** `POST /api/v1/executions/:execution/cancel`: a queued execution is cancelled at once, a running one soon. */
export const cancelledExecution = z.object({ id: executionId, status: executionStatus });
export type CancelledExecution = z.infer<typeof cancelledExecution>;

/** One row of a list. */
export const executionSummary = executionInfo
  .pick({
    id: true,
    project: true,
    package: true,
    version: true,
    status: true,
    createdAt: true,
    startedAt: true,
    finishedAt: true,
    trigger: true,
    executor: true,
    waiting: true,
  })
  .extend({
    /** Why it failed, was lost or was cancelled; absent from a platform of an earlier version. */
    error: failure.nullable().optional(),
  });
export type ExecutionSummary = z.infer<typeof executionSummary>;
/**
 * `GET /api/v1/executions?project=&package=&status=&trigger=&executor=&id=&since=&until=&limit=&before=`, newest first.
 * `status` may hold several, separated by commas; `trigger` is a kind; `id` is the start of an id; times are ISO 8601.
 */
export const executionList = z.object({ executions: z.array(executionSummary), next: z.string().nullable() });
export type ExecutionList = z.infer<typeof executionList>;

/** One line of output. `cursor` orders lines and resumes a stream. */
export const logLine = z.object({
  cursor: z.string(),
  step: z.string().nullable(),
  stream: logStream,
  level: z.string().nullable(),
  text: z.string(),
  time: z.string(),
});
export type LogLine = z.infer<typeof logLine>;
/** A line of output before it is stored. */
export const earlyLine = logLine.omit({ cursor: true });
export type EarlyLine = z.infer<typeof earlyLine>;
/** `GET /api/v1/executions/:execution/logs?after=&limit=`. */
export const logPage = z.object({ lines: z.array(logLine), next: z.string().nullable(), logDeleted });
export type LogPage = z.infer<typeof logPage>;

/**
 * `GET /api/v1/executions/:execution/events`: server-sent events. Event names are the kinds here, `id` is the cursor
 * (send it back as `Last-Event-ID`), data is the JSON of the rest. The stream closes after `end`. `early` is the first
 * line of a run when it arrives; it has no id and is not stored yet. It comes again as `log` once it is stored; what is
 * not confirmed so is not part of the log.
 */
export const liveEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("early"), line: earlyLine }),
  z.object({ kind: z.literal("log"), line: logLine }),
  z.object({
    kind: z.literal("step"),
    script: z.string(),
    name: z.string(),
    status: stepStatus,
    exitCode: z.number().int().nullable(),
    durationMs: z.number().nullable(),
  }),
  z.object({ kind: z.literal("status"), status: executionStatus }),
  z.object({ kind: z.literal("end"), status: executionStatus, logDeleted }),
]);
export type LiveEvent = z.infer<typeof liveEvent>;
