import { type JsonObject, type JsonValue, limits, type ScriptRequest, SealrunError } from "@sealrun/protocol";
import type { ScriptAnswer, ScriptHandler } from "../../channel/answer-request.ts";
import type { ResolvedStep } from "../../references/resolve-step.ts";
import { refuseSecretNames } from "./refuse-secret-names.ts";
import { scheduleRun } from "./schedule-run.ts";
import { sendEvent } from "./send-event.ts";
import { readSecret } from "../secrets/read-secret.ts";
import type { StepContext } from "../secrets/step-context.ts";

/**
 * Answers the requests of one step; `given` is its resolved input. The masker knows a value before the script gets it,
 * and no name with a secret in it leaves this machine.
 */
export function answerScript(context: StepContext, given: ResolvedStep): ScriptHandler {
  return async (request) => {
    refuseSecretNames(context, request);
    switch (request.op) {
      case "context":
        return { value: describeRun(context, given) };
      case "get":
        return get(context, request.name);
      case "all":
        return { value: await getAll(context) };
      case "set":
        return set(context, request);
      case "param":
        return Object.hasOwn(given.params, request.name)
          ? { found: true, value: given.params[request.name] ?? null }
          : { found: false, value: null };
      case "state.get":
        return getState(context, request.key);
      case "state.put":
        await context.state.put(request.key, request.value ?? null);
        return {};
      case "log":
        await context.log({ stream: "sdk", level: request.level, text: request.message ?? "" });
        return {};
      case "result":
        setResult(context, request.value ?? null);
        return {};
      case "results":
        return { value: Object.fromEntries(context.results) };
      case "event.send":
        return { value: await sendEvent(context, request) };
      case "schedule":
        return { value: await scheduleRun(context, request) };
      case "input":
        return { found: given.input !== undefined, value: given.input ?? null };
      case "env":
        return { value: request.raw === true ? exportLines(given.env.sealed) : { ...given.env.sealed } };
    }
  };
}

function describeRun({ attempt, step, results }: StepContext, given: ResolvedStep): JsonObject {
  const { event, ref } = attempt;
  return {
    params: given.params,
    config: given.config,
    input: given.input ?? null,
    package: { name: event.package.name, id: event.package.id },
    execution: { id: ref.executionId, attempt: ref.attempt, step: step.plan.name, trigger: event.trigger },
    results: Object.fromEntries(results),
  };
}

async function get(context: StepContext, name: string): Promise<ScriptAnswer> {
  const found = await readSecret(context, [name]);
  return found === undefined ? { found: false, value: null } : { found: true, value: found.value };
}

async function getAll(context: StepContext): Promise<JsonObject> {
  const { secrets: declared } = context.step.plan;
  const names = context.secrets.serviceNames.filter((name) => declared?.includes(name) ?? true);
  const values: [string, JsonValue][] = [];
  for (const name of names) values.push([name, (await get(context, name)).value ?? null]);
  return Object.fromEntries(values);
}

async function set(context: StepContext, request: Extract<ScriptRequest, { op: "set" }>): Promise<ScriptAnswer> {
  const value = request.value ?? null;
  const stored = await context.secrets.set({ name: request.name, value, scope: request.scope }, () => {
    context.masker.add(value);
    refuseSecretNames(context, request);
  });
  if (stored.shadowedBy !== undefined) {
    await context.log({
      stream: "system",
      level: "warning",
      text: `${request.name} is now version ${stored.version} in scope ${stored.scope}, but this package still reads the one in scope ${stored.shadowedBy}, which is narrower`,
    });
  }
  return {
    scope: stored.scope,
    version: stored.version,
    ...(stored.shadowedBy === undefined ? {} : { shadowedBy: stored.shadowedBy }),
  };
}

async function getState({ state }: StepContext, key: string | undefined): Promise<ScriptAnswer> {
  if (key === undefined) return { value: await state.readAll() };
  const value = await state.read(key);
  return value === undefined ? { found: false, value: null } : { found: true, value };
}

function setResult(context: StepContext, value: JsonValue): void {
  if (Buffer.byteLength(JSON.stringify(value)) > limits.resultBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `A step's result is at most ${limits.resultBytes} bytes as JSON; store large data elsewhere and return where it is`,
    );
  }
  context.results.set(context.step.plan.name, value);
}

/** Text for a shell's `eval`: inside single quotes, only the quote itself has a meaning. */
function exportLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}
