import { z } from "zod";
import type { ExecutionId } from "../names.ts";
import { jsonValue } from "../text/json-value.ts";
import { masking } from "../text/masking.ts";
import { scope } from "../scope.ts";

/** The status of an execution; the last four are final. */
export const executionStatus = z.enum(["queued", "running", "succeeded", "failed", "lost", "cancelled"]);
export type ExecutionStatus = z.infer<typeof executionStatus>;

/** Names one attempt of an execution; attempts are numbered from 1. */
export interface AttemptRef {
  readonly executionId: ExecutionId;
  readonly attempt: number;
}

/** True for a status that never changes again. */
export function isFinal(status: ExecutionStatus): boolean {
  return status !== "queued" && status !== "running";
}

/** The status of a step; steps after a failed one are skipped. */
export const stepStatus = z.enum(["pending", "running", "succeeded", "failed", "skipped"]);
export type StepStatus = z.infer<typeof stepStatus>;

/** What started an execution: a request, a due time (of a manifest or a script), or an event. */
export const trigger = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("request") }),
  z.object({ kind: z.literal("schedule"), scheduleId: z.string(), dueAt: z.string() }),
  z.object({
    kind: z.literal("event"),
    eventId: z.string(),
    type: z.string(),
    source: z.string(),
    /** The execution whose script sent it; null when it came over HTTP. */
    executionId: z.string().nullable(),
  }),
]);
export type Trigger = z.infer<typeof trigger>;

/** Where a line of output came from. */
export const logStream = z.enum(["stdout", "stderr", "sdk", "system"]);
export type LogStream = z.infer<typeof logStream>;

/** The outcome of a step's request for a secret. */
export const readOutcome = z.enum(["read", "missing", "refused"]);
export type ReadOutcome = z.infer<typeof readOutcome>;

/** One row of a receipt; it holds no value. Scope and version are null unless the secret was read. */
export const receiptRow = z.object({
  name: z.string(),
  scope: scope.nullable(),
  version: z.number().int().positive().nullable(),
  /** The step's name. */
  step: z.string(),
  /** Null in rows that are older than this field. */
  attempt: z.number().int().positive().nullable(),
  outcome: readOutcome,
  /** How much of the value the run masked. Null unless the secret was read, and in rows that are older than this field. */
  masking: masking.nullable(),
  /** ISO 8601. */
  time: z.string(),
});
export type ReceiptRow = z.infer<typeof receiptRow>;

/** What became of connections of a script to a host that its package names. */
const connectionFields = {
  host: z.string().max(253),
  port: z.number().int().min(1).max(65_535),
  /** The address that was dialled or refused; null when the name had none, and for many addresses together. */
  address: z.string().max(64).nullable(),
  outcome: z.enum(["connected", "refused", "failed"]),
  /** Why it was refused or failed, as the end of a sentence; null for connections, and for many addresses together. */
  reason: z.string().max(512).nullable(),
  /** How many there were. */
  connections: z.number().int().positive(),
  sentBytes: z.number().int().nonnegative(),
  receivedBytes: z.number().int().nonnegative(),
};

/** Connections of one step to one address of a named host; part of the receipt. */
export const connectionRow = z.object({
  ...connectionFields,
  /** The step's name. */
  step: z.string(),
  attempt: z.number().int().positive(),
  /** When the step, or one try of it, had ended: ISO 8601. */
  time: z.string(),
});
export type ConnectionRow = z.infer<typeof connectionRow>;

/** Why a step or an execution failed. */
export const failure = z.object({ code: z.string(), message: z.string() });
export type Failure = z.infer<typeof failure>;

/** What a step used, where it was measured: the peak of its processes' memory, and their time on processors. */
export const stepUse = {
  peakMemoryBytes: z.number().int().nonnegative().optional(),
  cpuMs: z.number().nonnegative().optional(),
};

const step = z.number().int().nonnegative();
const time = z.number().int();

/** One report of an attempt, masked. Times are milliseconds since 1970. */
export const reportItem = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("log"),
    step: step.nullable(),
    stream: logStream,
    level: z.string().optional(),
    text: z.string(),
    time,
  }),
  z.object({
    type: z.literal("step-started"),
    step,
    /** Number of the try, from 1; absent means 1. */
    try: z.number().int().positive().optional(),
    time,
  }),
  z.object({
    type: z.literal("step-finished"),
    step,
    status: z.enum(["succeeded", "failed", "skipped"]),
    exitCode: z.number().int().nullable(),
    durationMs: z.number().nonnegative(),
    ...stepUse,
    result: jsonValue.optional(),
    error: failure.optional(),
    time,
  }),
  z.object({
    type: z.literal("read"),
    step,
    name: z.string(),
    scope: scope.nullable(),
    version: z.number().int().positive().nullable(),
    outcome: readOutcome,
    /** How much of the value is masked; an executor of an earlier version does not say. */
    masking: masking.nullable().optional(),
    time,
  }),
  z.object({ type: z.literal("connected"), step, ...connectionFields, time }),
]);
export type ReportItem = z.infer<typeof reportItem>;

/**
 * One chunk of reports of the attempt that its frame's header names. The chunks of an attempt are numbered from 1
 * without gaps.
 */
export const report = z.object({
  sequence: z.number().int().positive(),
  items: z.array(reportItem).min(1),
});
export type Report = z.infer<typeof report>;
