import {
  type EventStep,
  type JsonObject,
  type JsonValue,
  limits,
  type ScriptRequest,
  SealrunError,
} from "@sealrun/protocol";
import type { ScriptAnswer, ScriptHandler } from "../../channel/answer-request.ts";
import type { Masker } from "../../mask/masker.ts";
import type { ResolvedStep } from "../../references/resolve-step.ts";
import type { Attempt } from "../../between/attempt.ts";
import type { Read } from "../secrets/receipt.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { scheduleRun } from "./schedule-run.ts";
import { sendEvent } from "./send-event.ts";
import { readSecret } from "../secrets/read-secret.ts";
import type { State } from "../secrets/state.ts";

/** What a script's requests are answered from. */
export interface ScriptWorld {
  readonly attempt: Attempt;
  readonly step: { readonly index: number; readonly plan: EventStep };
  readonly secrets: Secrets;
  readonly state: State;
  readonly masker: Masker;
  /** What the step is given, its references resolved. */
  readonly given: ResolvedStep;
  /** Results of the steps so far, unmasked; this step's is added. */
  readonly results: Map<string, JsonValue>;
  readonly recordRead: (read: Read) => Promise<void>;
  /** A line of the log: it is masked by the receiver. */
  readonly log: (line: {
    readonly stream: "sdk" | "system";
    readonly level: string;
    readonly text: string;
  }) => Promise<void>;
}

/** Answers one step's requests. A value is known to the masker before the script has it. */
export function answerScript(world: ScriptWorld): ScriptHandler {
  return async (request) => {
    switch (request.op) {
      case "context":
        return { value: describeRun(world) };
      case "get":
        return get(world, request.name);
      case "all":
        return { value: await getAll(world) };
      case "set":
        return set(world, request);
      case "param":
        return Object.hasOwn(world.given.params, request.name)
          ? { found: true, value: world.given.params[request.name] ?? null }
          : { found: false, value: null };
      case "state.get":
        return getState(world, request.key);
      case "state.put":
        await world.state.put(request.key, request.value ?? null);
        return {};
      case "log":
        await world.log({ stream: "sdk", level: request.level, text: request.message ?? "" });
        return {};
      case "result":
        setResult(world, request.value ?? null);
        return {};
      case "results":
        return { value: Object.fromEntries(world.results) };
      case "event.send":
        return { value: await sendEvent(world, request) };
      case "schedule":
        return { value: await scheduleRun(world, request) };
      case "input":
        return { found: world.given.input !== undefined, value: world.given.input ?? null };
      case "env":
        return { value: request.raw === true ? exportLines(world.given.env.sealed) : { ...world.given.env.sealed } };
    }
  };
}

function describeRun({ attempt, step, given, results }: ScriptWorld): JsonObject {
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

async function get(world: ScriptWorld, name: string): Promise<ScriptAnswer> {
  const found = await readSecret(world, [name]);
  return found === undefined ? { found: false, value: null } : { found: true, value: found.value };
}

async function getAll(world: ScriptWorld): Promise<JsonObject> {
  const { secrets: declared } = world.step.plan;
  const names = world.secrets.serviceNames.filter((name) => declared?.includes(name) ?? true);
  const values: [string, JsonValue][] = [];
  for (const name of names) values.push([name, (await get(world, name)).value ?? null]);
  return Object.fromEntries(values);
}

async function set(world: ScriptWorld, request: Extract<ScriptRequest, { op: "set" }>): Promise<ScriptAnswer> {
  const value = request.value ?? null;
  world.masker.add(value);
  const stored = await world.secrets.set({ name: request.name, value, scope: request.scope });
  if (stored.shadowedBy !== undefined) {
    await world.log({
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

async function getState({ state }: ScriptWorld, key: string | undefined): Promise<ScriptAnswer> {
  if (key === undefined) return { value: await state.readAll() };
  const value = await state.read(key);
  return value === undefined ? { found: false, value: null } : { found: true, value };
}

function setResult(world: ScriptWorld, value: JsonValue): void {
  if (Buffer.byteLength(JSON.stringify(value)) > limits.resultBytes) {
    throw new SealrunError(
      "VALUE_TOO_LARGE",
      `A step's result is at most ${limits.resultBytes} bytes as JSON; store large data elsewhere and return where it is`,
    );
  }
  world.results.set(world.step.plan.name, value);
}

/** For a shell's `eval`: inside single quotes nothing means anything but the quote itself. */
function exportLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}
