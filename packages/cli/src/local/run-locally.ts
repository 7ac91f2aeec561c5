import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type JsonObject, type JsonValue, scriptKind, SealrunError, type Step } from "@sealrun/protocol";
import { type Environment, findOnPath } from "../setup/find-on-path.ts";
import type { HostPython } from "../setup/python.ts";
import { openGiven, resolveLocally } from "./resolve-locally.ts";
import { startProgram } from "../setup/run-program.ts";

/** What a script needs of this machine. */
export interface LocalHost {
  readonly environment: Environment;
  /** Called only for a Python script: Python may have to be fetched. */
  readonly findPython: () => Promise<HostPython>;
}

/**
 * Runs one step in the package's folder, on this terminal and without a sandbox; its secrets come from ef_env.json.
 * `SCRIPT_FAILED` for an exit code other than 0, `INTERPRETER_MISSING` names what to install.
 */
export async function runStepLocally(folder: string, step: Step, host: LocalHost): Promise<void> {
  const { command, environment } = await commandFor(step.script, host);
  const [program, ...args] = command;
  const given = await resolveLocally(folder, step, runJq);
  const file = given === undefined ? undefined : await openGiven(given);
  const handed = file === undefined ? {} : { ...given?.env, SEALRUN_ENV: "local", SEALRUN_LOCAL_GIVEN: "3" };
  // Never read here: a stream is the type that execa wants to give the child its descriptor.
  const descriptor = file === undefined ? [] : [createReadStream("", { fd: file.fd, autoClose: false })];
  const result = await startProgram(program, args, {
    cwd: resolve(folder),
    env: { ...localEnvironment(host.environment, step), ...handed, ...environment },
    stdio: ["inherit", "inherit", "inherit", ...descriptor],
    reject: false,
  });
  await file?.close();
  if (result.exitCode === 0) return;
  const how = result.signal === undefined ? `exit code ${result.exitCode ?? "unknown"}` : `signal ${result.signal}`;
  throw new SealrunError("SCRIPT_FAILED", `${step.script} ended with ${how}`);
}

/** jq as an executor runs it, loaded when a reference needs it. */
async function runJq(program: string, input: JsonObject): Promise<JsonValue> {
  const part = await import("../start-part.ts");
  return part.runJq(program, input);
}

/** What the executor mounts for scripts, by its path in this installation. */
function installed(): { readonly bootstrap: string; readonly pythonSdk: string; readonly hook: string } {
  return {
    bootstrap: fileURLToPath(new URL("../src/bootstrap/", import.meta.resolve("@sealrun/executor"))),
    pythonSdk: fileURLToPath(new URL("../../sdk-python/", import.meta.resolve("@sealrun/sdk"))),
    hook: new URL(import.meta.url.endsWith(".ts") ? "./sdk-hook.ts" : "./sdk-hook.js", import.meta.url).href,
  };
}

interface LocalCommand {
  readonly command: readonly [string, ...string[]];
  /** What the interpreter itself needs. */
  readonly environment: Readonly<Record<string, string>>;
}

async function commandFor(script: string, host: LocalHost): Promise<LocalCommand> {
  const path = `./${script}`;
  switch (scriptKind(script)) {
    case "typescript":
    case "javascript":
      return { command: [process.execPath, ...nodeFlags(), "--import", installed().hook, path], environment: {} };
    case "python": {
      const { interpreter, environment } = await host.findPython();
      return { command: [interpreter, "-B", `${installed().bootstrap}bootstrap.py`, path], environment };
    }
    case "shell":
      return { command: [await findShell(script, host.environment), path], environment: {} };
    case undefined:
      throw new SealrunError("PACKAGE_INVALID", `${script} is not a script`);
  }
}

/** Passes on the condition of this process, under which sealrun's own sources are found. */
function nodeFlags(): readonly string[] {
  const own = process.execArgv.filter((flag) => flag.startsWith("--conditions="));
  const transform = "--experimental-transform-types";
  const isKnown = process.allowedNodeEnvironmentFlags.has(transform);
  return [...own, "--disable-warning=ExperimentalWarning", ...(isKnown ? [transform] : [])];
}

/** This user's environment, without the token and settings of the command itself. */
function localEnvironment(environment: Environment, step: Step): Record<string, string> {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("SEALRUN_"));
  const own = Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const { bootstrap, pythonSdk } = installed();
  const pythonPath = [pythonSdk, environment["PYTHONPATH"]].filter((path) => path !== undefined && path !== "");
  return {
    ...own,
    PATH: `${bootstrap}:${environment["PATH"] ?? ""}`,
    PYTHONPATH: pythonPath.join(":"),
    PYTHONUNBUFFERED: "1",
    ...step.env,
    SEALRUN_ENV: "local",
  };
}

async function findShell(script: string, environment: Environment): Promise<string> {
  const path = await findOnPath("sh", environment);
  if (path !== undefined) return path;
  throw new SealrunError("INTERPRETER_MISSING", `${script} needs sh; put it on PATH`);
}
