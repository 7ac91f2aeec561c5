import { askForObject } from "./ask.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";

/** The data of a run, requested once in each thread and then cached. */
interface Run {
  readonly params: JsonObject;
  readonly config: JsonObject;
  readonly package: { readonly name: string; readonly id: string };
  readonly execution: {
    readonly id: string;
    readonly attempt: number;
    readonly step: string;
    readonly trigger: JsonObject;
  };
  readonly results: JsonObject;
  readonly input: JsonValue;
}

let cachedRun: Run | undefined;

/** This run, from the first answer of the executor. */
export function currentRun(): Run {
  cachedRun ??= readRun(askForObject({ op: "context" }));
  return cachedRun;
}

/** The package's config.json. */
export function contextConfig(): JsonObject {
  return currentRun().config;
}

/** The parameter of that name; null when the run has none. */
export function getParam(name: string): JsonValue {
  const { params } = currentRun();
  return Object.hasOwn(params, name) ? (params[name] ?? null) : null;
}

/**
 * The text that Ferris passed as a script's first argument: parameters, and under `secrets` every service secret that
 * the step may read. It counts as a read of each of these secrets.
 */
export function readPayload(): string {
  return JSON.stringify({ ...currentRun().params, secrets: askForObject({ op: "all" }) });
}

/** The step's variables that hold secrets, by name; the bootstrap sets them before the script starts. */
export function readStepVariables(): JsonObject {
  return askForObject({ op: "env" });
}

function readRun(answer: JsonObject): Run {
  const owner = objectOr(answer["package"]);
  const execution = objectOr(answer["execution"]);
  const name = textOf(owner["name"]);
  const id = textOf(owner["id"]);
  const executionId = textOf(execution["id"]);
  return {
    // The names under which Ferris scripts find their package and run.
    params: {
      ...objectOr(answer["params"]),
      package_name: name,
      package_id: id,
      execution_id: executionId,
      _fxcid: executionId,
      _fxexec: executionId,
    },
    config: objectOr(answer["config"]),
    package: { name, id },
    execution: {
      id: executionId,
      attempt: Number(execution["attempt"]),
      step: textOf(execution["step"]),
      trigger: objectOr(execution["trigger"]),
    },
    results: objectOr(answer["results"]),
    input: answer["input"] ?? null,
  };
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
