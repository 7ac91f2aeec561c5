import { z } from "zod";
import { errorCodes, type ErrorCode } from "../error-codes.ts";
import { trigger } from "./execution.ts";
import { jsonObject, jsonValue } from "../text/json-value.ts";
import { scope, writableScope } from "../scope.ts";

/*
 * The exchange between a script and its executor.
 *
 * Descriptor 3 is a stream socket that carries frames, descriptor 4 one that carries the token. To make one exchange a
 * script reads one byte from 4, writes one request frame to 3, reads one reply frame from 3, and writes the byte back
 * to 4. A frame is its length in decimal ASCII, a newline, and that many bytes:
 *
 *   FRAME = LENGTH "\n" BODY          BODY = HEAD [ "\n" RAW ]
 *
 * HEAD is one line of JSON without spaces between its parts (a shell looks for `"ok":true`), an answer's `value` last.
 * RAW carries one value's bytes as they are: it follows when HEAD says `"raw":true`, so that a shell needs no JSON.
 */

/** The descriptor that carries frames. */
export const channelDescriptor = 3;
/** The descriptor that carries the token. */
export const tokenDescriptor = 4;
/** The token: one byte, a newline, so that a shell's `read` takes it without starting a program that could die with it. */
export const tokenByte = 0x0a;

const frameId = z.string().min(1).max(64);
const name = z.string().max(256);
const logLevel = z.enum(["debug", "info", "warning", "error", "critical"]);
export type LogLevel = z.infer<typeof logLevel>;

/**
 * What a script may ask. With `raw: true` the reply (get, param, input, env, state.get with a key) or the request (set, state.put,
 * result, log, event.send, schedule) carries the value after its head: a string's own bytes, else JSON text. A request's raw value is a string
 * unless it says `json: true`.
 */
export const scriptRequest = z.discriminatedUnion("op", [
  z.object({ op: z.literal("context"), id: frameId }),
  z.object({ op: z.literal("get"), id: frameId, name, raw: z.boolean().optional() }),
  z.object({ op: z.literal("all"), id: frameId }),
  z.object({
    op: z.literal("set"),
    id: frameId,
    name,
    scope: z.string(),
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    /** With raw: the raw text is JSON, not a string. */
    json: z.boolean().optional(),
  }),
  z.object({ op: z.literal("param"), id: frameId, name, raw: z.boolean().optional() }),
  z.object({ op: z.literal("state.get"), id: frameId, key: name.optional(), raw: z.boolean().optional() }),
  z.object({
    op: z.literal("state.put"),
    id: frameId,
    key: name,
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  z.object({
    op: z.literal("log"),
    id: frameId,
    level: logLevel,
    message: z.string().optional(),
    raw: z.boolean().optional(),
  }),
  z.object({
    op: z.literal("result"),
    id: frameId,
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  z.object({ op: z.literal("results"), id: frameId }),
  /** The step's input; absent when the manifest gives none. */
  z.object({ op: z.literal("input"), id: frameId, raw: z.boolean().optional() }),
  /** The step's variables that hold secrets; raw: as a shell reads them, `export NAME='…'` a line. */
  z.object({ op: z.literal("env"), id: frameId, raw: z.boolean().optional() }),
  z.object({
    op: z.literal("event.send"),
    id: frameId,
    type: z.string(),
    /** The package's name without it. */
    source: z.string().optional(),
    referenceId: z.string().optional(),
    /** An object of data; none without it. */
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  z.object({
    op: z.literal("schedule"),
    id: frameId,
    /** One of the two: milliseconds from now, or cron text. */
    delayMs: z.number().optional(),
    cron: z.string().optional(),
    timezone: z.string().optional(),
    /** An object of parameters; none without it. */
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
]);
export type ScriptRequest = z.infer<typeof scriptRequest>;

/** What a script knows of its run; the answer to `context`. */
export const scriptContext = z.object({
  params: jsonObject,
  config: jsonObject,
  package: z.object({ name: z.string(), id: z.string() }),
  execution: z.object({ id: z.string(), attempt: z.number().int(), step: z.string(), trigger }),
  /** Results of earlier steps, by script. */
  results: jsonObject,
  /** The step's input, null without one. */
  input: jsonValue,
});
export type ScriptContext = z.infer<typeof scriptContext>;

const errorCode = z.custom<ErrorCode>((code) => typeof code === "string" && Object.hasOwn(errorCodes, code));

/**
 * What the executor answers. `found` is false for an absent name; `value` then is null, and nothing follows the head.
 * `context`, `all`, `env`, `state.get` without a key and `results` answer with an object in `value`; `set` answers with
 * `scope`, `version` and, where a narrower scope hides the new value, `shadowedBy`.
 */
export const scriptReply = z.union([
  z.object({
    id: frameId,
    ok: z.literal(true),
    found: z.boolean().optional(),
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    scope: writableScope.optional(),
    version: z.number().int().optional(),
    shadowedBy: scope.optional(),
  }),
  z.object({ id: frameId, ok: z.literal(false), code: errorCode, message: z.string() }),
]);
export type ScriptReply = z.infer<typeof scriptReply>;
