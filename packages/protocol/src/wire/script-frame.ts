import { z } from "zod";
import { errorCodes, type ErrorCode } from "../error-codes.ts";
import { trigger } from "./execution.ts";
import { jsonObject, jsonValue } from "../text/json-value.ts";
import { scope, writableScope } from "../scope.ts";

/*
 * The exchange between a script and its executor.
 *
 * Descriptor 3 is a stream socket for frames. Descriptor 4 is a pipe that every process of the script both reads and
 * writes; the token is in it while no process has it. For one exchange a script reads one byte from 4, writes one request
 * frame to 3, reads one reply frame from 3, and writes the byte back to 4. After half an exchange it keeps the byte, so
 * that the next process does not go on in the middle of it, and the executor ends the script; once descriptor 3 is closed
 * it writes the byte back all the same. A frame is its length in decimal ASCII, a newline, and that many bytes:
 *
 *   FRAME = LENGTH "\n" BODY          BODY = HEAD [ "\n" RAW ]
 *
 * HEAD is one line of JSON without spaces between its parts (a shell looks for `"ok":true`), an answer's `value` last.
 * RAW carries one value's bytes as they are: it follows when HEAD says `"raw":true`, so that a shell needs no JSON.
 * test/vectors/script-frame.json has examples, which the executor and both SDKs are tested with.
 */

/** The descriptor that carries frames. */
export const channelDescriptor = 3;
/** The descriptor that carries the token. */
export const tokenDescriptor = 4;
/** The token: one newline byte. A shell's `read` takes it without starting a program, which could end and lose the token. */
export const tokenByte = 0x0a;

const frameId = z.string().min(1).max(64);
const name = z.string().max(256);
const logLevel = z.enum(["debug", "info", "warning", "error", "critical"]);
export type LogLevel = z.infer<typeof logLevel>;

/**
 * The requests of a script. With `raw: true` the value follows the head: in the reply (get, param, input, env, state.get
 * with a key) or in the request (set, state.put, result, log, event.send, schedule). It is a string's bytes, else JSON
 * text. A request's raw value is a string unless the request has `json: true`.
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
  /** The step's input; absent when the manifest has none. */
  z.object({ op: z.literal("input"), id: frameId, raw: z.boolean().optional() }),
  /** The step's variables that hold secrets. With raw: in the form of a shell, one `export NAME='…'` per line. */
  z.object({ op: z.literal("env"), id: frameId, raw: z.boolean().optional() }),
  z.object({
    op: z.literal("event.send"),
    id: frameId,
    type: z.string(),
    /** Without it, the package's name. */
    source: z.string().optional(),
    referenceId: z.string().optional(),
    /** The data, an object; optional. */
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  z.object({
    op: z.literal("schedule"),
    id: frameId,
    /** Either `delayMs`, milliseconds from now, or `cron`. */
    delayMs: z.number().optional(),
    cron: z.string().optional(),
    timezone: z.string().optional(),
    /** The parameters, an object; optional. */
    value: jsonValue.optional(),
    raw: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
]);
export type ScriptRequest = z.infer<typeof scriptRequest>;

/** The facts about a run that its script can read; the answer to `context`. */
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
 * The executor's answer. For an absent name `found` is false, `value` is null, and nothing follows the head.
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
