import { z } from "zod";
import { base64, sha256Hex } from "../text/bytes-text.ts";
import { encodeJson } from "../text/encode.ts";
import type { AttemptRef } from "./execution.ts";
import { listedFile } from "./event.ts";
import { announcedForms } from "./network.ts";
import { eventId, eventText, eventType, executionId, scheduleId, secretId, secretName } from "../names.ts";
import { limits } from "../limits.ts";
import { scope, writableScope } from "../scope.ts";
import { sandboxLevel } from "./sandbox-level.ts";

/** Any refusal over NATS. */
export const rpcRefusal = z.object({ ok: z.literal(false), code: z.string(), message: z.string() });
export type RpcRefusal = z.infer<typeof rpcRefusal>;

/** About one attempt, which only the signed header of the frame names. `decodeOfAttempt` reads both. */
type OfAttempt<Schema extends z.ZodType> = z.infer<Schema> & AttemptRef;

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

/**
 * Gives back an attempt that has started no script, because of a problem of the executor's machine. The executor repeats
 * it until it is answered. The execution is requeued, or cancelled when a cancel was requested.
 */
export const releaseRequest = z.object({ reason: machineTrouble });
/** The body, with the attempt of its header. */
export type ReleaseRequest = OfAttempt<typeof releaseRequest>;
/** The attempt is over. */
export const releaseReply = z.object({ ok: z.literal(true) });
export type ReleaseReply = z.infer<typeof releaseReply>;

/**
 * Asks which report chunks up to `lastSequence` are not stored yet, for any attempt that this executor has or had, ended
 * or not. The executor then deletes stored chunks from its spool.
 */
export const reportedRequest = z.object({ lastSequence: z.number().int().nonnegative() });
/** The body, with the attempt of its header. */
export type ReportedRequest = OfAttempt<typeof reportedRequest>;
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
export const lookupRequest = z.object({ name: secretName, scope: scope.optional() });
/** The body, with the attempt of its header. */
export type LookupRequest = OfAttempt<typeof lookupRequest>;

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
  scope: writableScope,
  name: secretName,
  /** SHA-256 and size of the whole inner envelope. */
  sha256: sha256Hex,
  size: z.number().int().positive(),
  part: z.number().int().nonnegative(),
  parts: z.number().int().positive(),
  bytes: base64,
});
/** The body, with the attempt of its header. */
export type SetRequest = OfAttempt<typeof setRequest>;
/** The answer to one part of a set. */
export const setReply = z.object({
  ok: z.literal(true),
  /** Absent until the last part. */
  stored: z.object({ id: secretId, version: z.number().int().positive(), shadowedBy: scope.optional() }).optional(),
});
export type SetReply = z.infer<typeof setReply>;

/**
 * Asks, also with the verb `lookup`, for the keys of service secrets in the attempt's event that its grant does not
 * open.
 */
export const eventKeysRequest = z.object({
  values: z
    .array(z.object({ name: secretName, id: secretId, version: z.number().int().positive() }))
    .min(1)
    .max(limits.grantSecrets),
});
/** The body, with the attempt of its header. */
export type EventKeysRequest = OfAttempt<typeof eventKeysRequest>;
/** The requested names that are still stored, in the order of the keys. `keys` is the keyring's `lookup.reply` frame. */
export const eventKeysReply = z.object({ ok: z.literal(true), names: z.array(secretName), keys: base64.optional() });
export type EventKeysReply = z.infer<typeof eventKeysReply>;

/** Reads the package's state page by page, or writes one key. */
export const stateRequest = z.discriminatedUnion("op", [
  z.object({ op: z.literal("get"), after: z.string().optional() }),
  z.object({ op: z.literal("put"), key: z.string().min(1).max(256), envelope: base64 }),
]);
/** The body, with the attempt of its header. */
export type StateRequest = OfAttempt<typeof stateRequest>;

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
  /** How scripts' network can be limited here; absent from an executor of an earlier version. */
  networkForms: announcedForms.optional(),
  /** True when it gives no script its machine's network; absent from an executor of an earlier version. */
  requiresNetwork: z.boolean().optional(),
  /** What its sandbox holds; absent from an executor of an earlier version. */
  sandbox: sandboxLevel.optional(),
});
export type PresenceRequest = z.infer<typeof presenceRequest>;
/** The heartbeat was stored. */
export const presenceReply = z.object({
  ok: z.literal(true),
  /** How many lines per second a run of this executor may write; absent from a platform of an earlier version. */
  linesPerSecond: z.number().int().positive().optional(),
});
export type PresenceReply = z.infer<typeof presenceReply>;

/**
 * Sends an event to the packages of the project that its type starts. `id` is made once per call, so that an event that
 * is sent twice starts its executions once. `data`: JSON of an object, sealed with the project key.
 */
export const emitRequest = z.object({
  id: eventId,
  type: eventType,
  source: eventText.min(1),
  referenceId: eventText.optional(),
  data: base64.optional(),
});
/** The body, with the attempt of its header. */
export type EmitRequest = OfAttempt<typeof emitRequest>;
/** The started executions are committed. */
export const emitReply = z.object({ ok: z.literal(true), id: eventId, started: z.array(executionId) });
export type EmitReply = z.infer<typeof emitReply>;

/**
 * Asks for later runs of the script's own package: once after a delay, or repeatedly by cron text. `id` is made once per
 * call. `parameters`: JSON of an object, sealed with the package key and the context of parameters.
 */
export const scheduleRequest = z.object({
  id: scheduleId,
  when: z.union([
    z.object({ delayMs: z.number().int().positive() }),
    z.object({ cron: z.string().max(256), timezone: z.string().max(64).optional() }),
  ]),
  parameters: base64.optional(),
  sealedNames: z.array(z.string()),
});
/** The body, with the attempt of its header. */
export type ScheduleRequest = OfAttempt<typeof scheduleRequest>;
/** The schedule is committed; `nextAt` is ISO 8601. */
export const scheduleReply = z.object({ ok: z.literal(true), id: scheduleId, nextAt: z.string() });
export type ScheduleReply = z.infer<typeof scheduleReply>;

/** Fetches one part of a package file (by digest), of the version's file list, or of a sealed value. */
export const fetchRequest = z.object({
  what: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("file"), sha256: sha256Hex }),
    z.object({ kind: z.literal("file-list") }),
    z.object({ kind: z.literal("secret"), id: secretId, version: z.number().int().positive() }),
  ]),
  offset: z.number().int().nonnegative(),
});
/** The body, with the attempt of its header. */
export type FetchRequest = OfAttempt<typeof fetchRequest>;
/** Bytes from the offset on; `size` is the size of the whole. */
export const fetchReply = z.object({ ok: z.literal(true), size: z.number().int().nonnegative(), bytes: base64 });
export type FetchReply = z.infer<typeof fetchReply>;

/** The body of a fetched `file-list`. */
export const fileList = z.array(listedFile);
export type FileList = z.infer<typeof fileList>;

/**
 * The bytes of a file list: a version's digest is their SHA-256, so path, content, order and what is a program cannot be
 * changed.
 */
export function encodeFileList(files: FileList): Uint8Array {
  return encodeJson(
    files.map(({ path, sha256, size, executable }) => ({
      path,
      sha256,
      size,
      ...(executable === true ? { executable } : {}),
    })),
  );
}
