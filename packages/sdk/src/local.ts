import path from "node:path";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { readGiven } from "./local-given.ts";
import { readJsonFile, writeJsonFile } from "./local-file.ts";
import type { ScriptRequest } from "./request.ts";

/*
 * Local mode: a script runs without a platform. `ef_env.json` in the working directory takes the platform's place:
 *
 *   { "params": { "package_name": "report", "package_id": "local" }, "config": {}, "secrets": {} }
 *
 * `secrets` is the service scope; `set` keeps its values beside it, under `project_secrets` and `platform_secrets`.
 * State is kept in `ef_package_state.json`. Ferris tutorials also write `parameters` and `configs`: both are read.
 */

const environmentFile = "ef_env.json";
const stateFile = "ef_package_state.json";
const scopes = { project: "project_secrets", platform: "platform_secrets" } as const;

/** True when the environment asks for local mode: `SEALRUN_ENV=local`, or Ferris's `EF_ENV=local`. */
export function isLocal(): boolean {
  return process.env["SEALRUN_ENV"] === "local" || process.env["EF_ENV"] === "local";
}

/** Answers as an executor would, from the files in the working directory; makes `ef_env.json` when it is missing. */
export function answerLocally(request: ScriptRequest): JsonObject {
  switch (request.op) {
    case "context":
      return { ok: true, value: localContext() };
    case "env":
      return { ok: true, value: {} };
    case "all":
      return { ok: true, value: section(readEnvironment(), "secrets") };
    case "get":
      return lookUp(request.name);
    case "set":
      return keep(request.name, request.scope, request.value);
    case "state.get":
      return readState(request.key);
    case "state.put":
      writeJsonFile(stateFile, { ...readJsonFile(stateFile), [request.key]: request.value });
      return { ok: true };
    case "log":
      process.stderr.write(`${request.level.toUpperCase()} ${request.message}\n`);
      return { ok: true };
    case "result":
      process.stderr.write(`RESULT ${JSON.stringify(request.value)}\n`);
      return { ok: true };
    case "event.send": {
      const names = Object.keys(request.value).join(", ") || "no data";
      process.stderr.write(`EVENT ${request.type} (${names}); nothing is sent in local mode\n`);
      return { ok: true, value: "local" };
    }
    case "schedule": {
      const when = request.cron === undefined ? `in ${(request.delayMs ?? 0) / 1000} s` : `cron ${request.cron}`;
      process.stderr.write(`SCHEDULE ${when}; nothing is scheduled in local mode\n`);
      return { ok: true, value: "OK" };
    }
    default:
      return request satisfies never;
  }
}

function readEnvironment(): JsonObject {
  const found = readJsonFile(environmentFile);
  if (found !== undefined) return found;
  const name = path.basename(process.cwd());
  const fresh = { params: { package_name: name, package_id: "local" }, config: {}, secrets: {} };
  writeJsonFile(environmentFile, fresh);
  return fresh;
}

/** A part of ef_env.json, merged from the spellings it may have. */
function section(environment: JsonObject, ...names: readonly string[]): JsonObject {
  const parts = names.map((name) => environment[name]).filter((part) => isJsonObject(part));
  return Object.assign({}, ...parts);
}

function localContext(): JsonObject {
  const given = readGiven();
  const environment = readEnvironment();
  const params = given === undefined ? section(environment, "parameters", "params") : section(given, "params");
  const config = given === undefined ? section(environment, "configs", "config") : section(given, "config");
  const name = params["package_name"] ?? path.basename(process.cwd());
  return {
    params,
    config: { ...config, _is_local_env: true },
    package: { name, id: params["package_id"] ?? "local" },
    execution: { id: "local", attempt: 1, step: path.basename(process.argv[1] ?? ""), trigger: { kind: "request" } },
    results: {},
    input: given?.["input"] ?? null,
  };
}

function lookUp(name: string): JsonObject {
  const environment = readEnvironment();
  for (const part of ["secrets", scopes.project, scopes.platform]) {
    const values = section(environment, part);
    if (Object.hasOwn(values, name)) return { ok: true, found: true, value: values[name] ?? null };
  }
  return { ok: true, found: false, value: null };
}

function keep(name: string, scope: string, value: JsonValue): JsonObject {
  if (scope !== "project" && scope !== "platform") {
    const message = "sealrun: a script may set secrets in the scopes project and platform only";
    return { ok: false, code: "SCOPE_NOT_WRITABLE", message };
  }
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/.test(name) || name === "__proto__") {
    const message =
      "sealrun: a secret name starts with a letter or _ and may have only letters, digits, _ . and -, at most 128";
    return { ok: false, code: "NAME_NOT_ALLOWED", message };
  }
  const environment = readEnvironment();
  writeJsonFile(environmentFile, {
    ...environment,
    [scopes[scope]]: { ...section(environment, scopes[scope]), [name]: value },
  });
  return { ok: true, scope, version: 1 };
}

function readState(key: string | undefined): JsonObject {
  const state = readJsonFile(stateFile) ?? {};
  if (key === undefined) return { ok: true, found: true, value: state };
  const isFound = Object.hasOwn(state, key);
  return { ok: true, found: isFound, value: isFound ? (state[key] ?? null) : null };
}
