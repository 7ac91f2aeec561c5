import { z } from "zod";
import { base64, sha256Hex } from "../text/bytes-text.ts";
import { encodeJson } from "../text/encode.ts";
import { failure } from "./execution.ts";
import { eventId, eventText, eventType, executionId, scheduleId, secretId, secretName } from "../names.ts";
import { limits } from "../limits.ts";
import { scope, writableScope } from "../scope.ts";

/** Any refusal over NATS. */
export const rpcRefusal = z.object({ ok: z.literal(false), code: z.string(), message: z.string() });
export type RpcRefusal = z.infer<typeof rpcRefusal>;

const attemptRef = { executionId, attempt: z.number().int().positive() };

/** A problem of an executor's machine: a code of the error table and a sentence. Lists of executors show it. */
export const machineTrouble = z.object({
  code: z.string().regex(/^[A-Z_]{1,64}$/),
  message: z
    .string()
    .max(1_000)
    .regex(/^[^\0]*$/),
});
export type MachineTrouble = z.infer<typeof machineTrouble>;

/** An executor asks to run a published execution. The same request id gets the same answer. */
export const claimRequest = z.object({ executionId, generation: z.number().int().positive() });
export type ClaimRequest = z.infer<typeof claimRequest>;
/** The attempt belongs to this executor until the lease ends. */
export const claimReply = z.object({
  ok: z.literal(true),
  attempt: z.number().int().positive(),
  leaseMs: z.number().int().positive(),
  /** The keyring's whole signed frame of kind `grant.reply`. */
  grant: base64,
});
export type ClaimReply = z.infer<typeof claimReply>;

/** The heartbeat of an attempt. */
export const renewRequest = z.object(attemptRef);
/** The lease runs `leaseMs` from now. */
export const renewReply = z.object({
  ok: z.literal(true),
  leaseMs: z.number().int().positive(),
  /** True when a cancel of the execution was requested: the executor ends it. */
  cancel: z.boolean().optional(),
});
export type RenewReply = z.infer<typeof renewReply>;

/** How a step ended, as the `finish` of its attempt says it. `step` is its position, from 0. */
export const finishedStep = z.object({
  step: z.number().int().nonnegative(),
  status: z.enum(["succeeded", "failed", "skipped"]),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  error: failure.optional(),
});
export type FinishedStep = z.infer<typeof finishedStep>;

/** The end of an attempt. The executor repeats it until it is answered. */
export const finishRequest = z.object({
  ...attemptRef,
  status: z.enum(["succeeded", "failed", "cancelled"]),
  error: failure.optional(),
  /** Sequence of the last report chunk, so that missing chunks are known; 0 without chunks. */
  lastSequence: z.number().int().nonnegative(),
  /** How each step ended, so that no step stays open while its reports are under way. Results are only in the reports. */
  steps: z.array(finishedStep).max(limits.packageFiles).optional(),
});
export type FinishRequest = z.infer<typeof finishRequest>;
/** The end is committed. `missing`: sequences of report chunks that have not arrived; absent when all have. */
export const finishReply = z.object({
  ok: z.literal(true),
  missing: z.array(z.number().int().positive()).optional(),
});
export type FinishReply = z.infer<typeof finishReply>;

/**
 * Gives back an attempt that has started no script, because of a problem of the executor's machine. The executor repeats
 * it until it is answered. The execution is requeued, or cancelled when a cancel was requested.
 */
export const releaseRequest = z.object({ ...attemptRef, reason: machineTrouble });
export type ReleaseRequest = z.infer<typeof releaseRequest>;
/** The attempt is over. */
export const releaseReply = z.object({ ok: z.literal(true) });
export type ReleaseReply = z.infer<typeof releaseReply>;

/**
 * Asks which report chunks up to `lastSequence` are not stored yet, for any attempt that this executor has or had, ended
 * or not. The executor then deletes stored chunks from its spool.
 */
export const reportedRequest = z.object({ ...attemptRef, lastSequence: z.number().int().nonnegative() });
export type ReportedRequest = z.infer<typeof reportedRequest>;
/** `missing`: sequences of chunks that are not stored, at most the first 1,000; absent when all are stored. */
export const reportedReply = z.object({
  ok: z.literal(true),
  missing: z.array(z.number().int().positive()).optional(),
});
export type ReportedReply = z.infer<typeof reportedReply>;

/**
 * An order that the platform sends to an executor without a request, in a signed frame of kind `control`. It only saves
 * time: an executor that misses it gets the same order with the next renew.
 */
export const controlOrder = z.object({ kind: z.literal("cancel"), ...attemptRef });
export type ControlOrder = z.infer<typeof controlOrder>;

/** For each scope, whether it has the name. */
export const presence = z.object({ service: z.boolean(), project: z.boolean(), platform: z.boolean() });
export type Presence = z.infer<typeof presence>;

/** Asks for a secret that is not in the event. With `scope`, only that scope is searched. */
export const lookupRequest = z.object({ ...attemptRef, name: secretName, scope: scope.optional() });
export type LookupRequest = z.infer<typeof lookupRequest>;

/** The narrowest secret of a name. An envelope too large for one message is fetched by id and version. */
export const lookupReply = z.discriminatedUnion("found", [
  z.object({ ok: z.literal(true), found: z.literal(false), presence }),
  z.object({
    ok: z.literal(true),
    found: z.literal(true),
    presence,
    scope,
    id: secretId,
    version: z.number().int().positive(),
    sha256: sha256Hex,
    size: z.number().int().positive(),
    envelope: base64.optional(),
    /** The keyring's whole signed frame of kind `lookup.reply`. */
    keys: base64,
  }),
]);
export type LookupReply = z.infer<typeof lookupReply>;

/** One part of a sealed value. Parts are numbered from 0; the last one stores the whole value. */
export const setRequest = z.object({
  ...attemptRef,
  scope: writableScope,
  name: secretName,
  /** SHA-256 and size of the whole inner envelope. */
  sha256: sha256Hex,
  size: z.number().int().positive(),
  part: z.number().int().nonnegative(),
  parts: z.number().int().positive(),
  bytes: base64,
});
export type SetRequest = z.infer<typeof setRequest>;
/** The answer to one part of a set. */
export const setReply = z.object({
  ok: z.literal(true),
  /** Absent until the last part. */
  stored: z.object({ id: secretId, version: z.number().int().positive(), shadowedBy: scope.optional() }).optional(),
});
export type SetReply = z.infer<typeof setReply>;

/** Reads the package's state page by page, or writes one key. */
export const stateRequest = z.discriminatedUnion("op", [
  z.object({ ...attemptRef, op: z.literal("get"), after: z.string().optional() }),
  z.object({ ...attemptRef, op: z.literal("put"), key: z.string().min(1).max(256), envelope: base64 }),
]);
export type StateRequest = z.infer<typeof stateRequest>;

/** `get` answers in pages; `next` is the `after` of the next page. `keys` is the keyring's `lookup.reply` frame. */
export const stateReply = z.object({
  ok: z.literal(true),
  entries: z.array(z.object({ key: z.string(), envelope: base64 })).optional(),
  keys: base64.optional(),
  next: z.string().optional(),
});
export type StateReply = z.infer<typeof stateReply>;

/** The heartbeat of an executor, with its capacity; sent at its start, and every `limits.presenceMs`. */
export const presenceRequest = z.object({
  slots: z.number().int().positive().max(limits.executorSlots),
  running: z.number().int().nonnegative().max(limits.executorSlots),
  /** True when it takes no new executions. */
  draining: z.boolean(),
  /** Why it takes no executions until its machine works again; null or absent while it takes executions. */
  trouble: machineTrouble.nullish(),
});
export type PresenceRequest = z.infer<typeof presenceRequest>;
/** The heartbeat was stored. */
export const presenceReply = z.object({ ok: z.literal(true) });

/**
 * Sends an event to the packages of the project that its type starts. `id` is made once per call, so that an event that
 * is sent twice starts its executions once. `data`: JSON of an object, sealed with the project key.
 */
export const emitRequest = z.object({
  ...attemptRef,
  id: eventId,
  type: eventType,
  source: eventText.min(1),
  referenceId: eventText.optional(),
  data: base64.optional(),
});
export type EmitRequest = z.infer<typeof emitRequest>;
/** The started executions are committed. */
export const emitReply = z.object({ ok: z.literal(true), id: eventId, started: z.array(executionId) });
export type EmitReply = z.infer<typeof emitReply>;

/**
 * Asks for later runs of the script's own package: once after a delay, or repeatedly by cron text. `id` is made once per
 * call. `parameters`: JSON of an object, sealed with the package key and the context of parameters.
 */
export const scheduleRequest = z.object({
  ...attemptRef,
  id: scheduleId,
  when: z.union([
    z.object({ delayMs: z.number().int().positive() }),
    z.object({ cron: z.string().max(256), timezone: z.string().max(64).optional() }),
  ]),
  parameters: base64.optional(),
  sealedNames: z.array(z.string()),
});
export type ScheduleRequest = z.infer<typeof scheduleRequest>;
/** The schedule is committed; `nextAt` is ISO 8601. */
export const scheduleReply = z.object({ ok: z.literal(true), id: scheduleId, nextAt: z.string() });
export type ScheduleReply = z.infer<typeof scheduleReply>;

/** Fetches one part of a package file (by digest), of the version's file list, or of a sealed value. */
export const fetchRequest = z.object({
  ...attemptRef,
  what: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("file"), sha256: sha256Hex }),
    z.object({ kind: z.literal("file-list") }),
    z.object({ kind: z.literal("secret"), id: secretId, version: z.number().int().positive() }),
  ]),
  offset: z.number().int().nonnegative(),
});
export type FetchRequest = z.infer<typeof fetchRequest>;
/** Bytes from the offset on; `size` is the size of the whole. */
export const fetchReply = z.object({ ok: z.literal(true), size: z.number().int().nonnegative(), bytes: base64 });
export type FetchReply = z.infer<typeof fetchReply>;

/** The body of a fetched `file-list`. */
export const fileList = z.array(
  z.object({ path: z.string(), sha256: sha256Hex, size: z.number().int().nonnegative() }),
);
export type FileList = z.infer<typeof fileList>;

/** The bytes of a file list: a version's digest is their SHA-256, so path, content and order cannot be changed. */
export function encodeFileList(files: FileList): Uint8Array {
  return encodeJson(files.map(({ path, sha256, size }) => ({ path, sha256, size })));
}
