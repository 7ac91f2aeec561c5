import {
  executionEvent,
  executionId,
  failure,
  finishedStep,
  grant,
  jsonObject,
  machineTrouble,
} from "@sealrun/protocol";
import { z } from "zod";
import { attackTargets, foundFromWorker } from "./attack-frames.ts";
import { saidLine } from "./preparation.ts";
import { runMeasures } from "./run-measures.ts";
import { workerSettings } from "./worker-settings.ts";

/** Maximum bytes of one frame of a worker: a part of a set, or a step's result, in base64 or escaped. */
export const workerFrameBytes = 2 * 1024 * 1024;
/** Maximum bytes of one frame to a worker: an event with its grant. */
export const supervisorFrameBytes = 16 * 1024 * 1024;
/** Bytes of reports that a worker may have sent and not been answered. */
export const reportCredit = 1024 * 1024;

const place = z.int().nonnegative();
const key32 = z.string().max(64);

/** What a supervisor tells a worker. Times are of the machine's monotonic clock, in ms, which all processes share. */
export const toWorker = z.discriminatedUnion("t", [
  z.object({ t: z.literal("setup"), settings: workerSettings }),
  z.object({
    t: z.literal("assign"),
    event: executionEvent,
    ref: z.object({ executionId, attempt: z.int().positive() }),
    grant,
    /** The keyring's public key, in base64. */
    keyringKey: key32,
    linesPerSecond: z.number().positive(),
    /** When the script must be gone. */
    deadline: z.number(),
  }),
  /** Before any attempt: it attacks its sandbox and its executor, and tries networks. */
  z.object({ t: z.literal("attack"), targets: attackTargets }),
  z.object({ t: z.literal("deadline"), at: z.number() }),
  z.object({ t: z.literal("stop"), code: z.string(), message: z.string() }),
  z.object({ t: z.literal("answer"), id: place, value: z.unknown() }),
  z.object({ t: z.literal("refusal"), id: place, error: failure }),
  z.object({ t: z.literal("credit"), bytes: place }),
  saidLine,
  z.object({ t: z.literal("ping") }),
]);
export type ToWorker = z.infer<typeof toWorker>;

/** How soon a report must be sent. */
const urgency = z.enum(["line", "start", "quiet"]);
export type Urgency = z.infer<typeof urgency>;

const measures = runMeasures.optional();

const askName = z.enum([
  "lookup",
  "lookUpKeys",
  "set",
  "readState",
  "putState",
  "fetch",
  "emit",
  "schedule",
  "prepare",
]);

/**
 * What a worker tells its supervisor. `report` is followed by masked report items as JSON, joined by commas, which the
 * supervisor does not read.
 */
export const fromWorker = z.discriminatedUnion("t", [
  z.object({ t: z.literal("ready") }),
  z.object({ t: z.literal("pong") }),
  /** Memory of the runner that it keeps ready; 0 without one. */
  z.object({ t: z.literal("ahead"), bytes: place }),
  z.object({ t: z.literal("attacked"), found: foundFromWorker.optional(), error: failure.optional() }),
  z.object({ t: z.literal("ask"), id: place, op: askName, body: z.unknown() }),
  z.object({ t: z.literal("report"), urgency, ends: z.array(finishedStep).max(64) }),
  z.object({
    t: z.literal("log"),
    level: z.enum(["warn", "error"]),
    message: z.string().max(1_000),
    fields: jsonObject,
  }),
  z.object({
    t: z.literal("ended"),
    outcome: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("run"), failure: failure.optional(), measures }),
      z.object({ kind: z.literal("unfit"), reason: machineTrouble.extend({ stopsTaking: z.boolean() }), measures }),
    ]),
  }),
]);
export type FromWorker = z.infer<typeof fromWorker>;
