import { buffer } from "node:stream/consumers";
import {
  errorCodeOf,
  isErrorCode,
  jsonObject,
  type JsonValue,
  SealrunError,
  type ScriptRequest,
} from "@sealrun/protocol";
import { answerLocally, context } from "@sealrun/sdk";
import { answerRequest, type ScriptAnswer } from "../channel/answer-request.ts";

/*
 * The program that answers sealrun-context in local mode. It reads one request, as a script writes it on descriptor 3 but
 * without its length, from standard input, and writes the reply frame to standard output. `sealrun local` says where this
 * file is; the working directory is the package's folder.
 */

process.stdout.write(await answerRequest(await buffer(process.stdin), async (request) => answerOrRefuse(request)));

/** A refusal of the SDK under its own code. */
function answerOrRefuse(request: ScriptRequest): ScriptAnswer {
  try {
    return answer(request);
  } catch (cause) {
    const code = errorCodeOf(cause);
    if (!(cause instanceof Error) || code === undefined || !isErrorCode(code)) throw cause;
    throw new SealrunError(code, cause.message, { cause });
  }
}

function answer(request: ScriptRequest): ScriptAnswer {
  switch (request.op) {
    case "get": {
      const { found, value } = answerLocally({ op: "get", name: request.name });
      return { found: found === true, value: value ?? null };
    }
    case "param":
      return member(context.params, request.name);
    case "state.get":
      return request.key === undefined ? { value: context.state.get() } : member(context.state.get(), request.key);
    case "input":
      return { found: context.input !== null, value: context.input };
    case "set":
      return set(request);
    case "state.put":
      context.state.put(request.key, request.value ?? null);
      return {};
    case "result":
      context.result(request.value ?? null);
      return {};
    case "log":
      answerLocally({ op: "log", level: request.level, message: request.message ?? "" });
      return {};
    case "event.send": {
      const { type, source, referenceId, value } = request;
      return { value: context.events.send(type, source, fieldsOf(value), undefined, referenceId) };
    }
    case "schedule": {
      const { delayMs = 0, cron, timezone, value } = request;
      const when = { ...(cron === undefined ? {} : { cron }), ...(timezone === undefined ? {} : { timezone }) };
      return { value: context.scheduler.schedule({ ...when, seconds: delayMs / 1_000, parameters: fieldsOf(value) }) };
    }
    case "context":
    case "all":
    case "results":
    case "env":
      return { value: "" };
  }
}

function set({ name, scope, value = null }: Extract<ScriptRequest, { op: "set" }>): ScriptAnswer {
  if (scope !== "project" && scope !== "platform") {
    throw new SealrunError("SCOPE_NOT_WRITABLE", "A script may set secrets in the scopes project and platform only");
  }
  const { version } = context.secrets.set(name, value, scope);
  return { scope, version };
}

function member(values: Readonly<Record<string, JsonValue>>, name: string): ScriptAnswer {
  return Object.hasOwn(values, name) ? { found: true, value: values[name] ?? null } : { found: false, value: null };
}

function fieldsOf(value: JsonValue | undefined): Record<string, JsonValue> {
  const parsed = jsonObject.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw new SealrunError("MALFORMED", "Expected one JSON object: names and their values");
}
